package io.nubicast.router.config;

import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.IgmpInterfaceConfig;
import io.nubicast.router.igmp.proxy.IgmpProxyConfig;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.policy.AccessList;
import io.nubicast.shell.Arguments;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a configuration means: reads the lines of a tree into values, notes what is wrong. One use.
final class Meaning {
    /// What came of it.
    ///
    /// @param config what it means; only to be used when no problem is a fault
    record Meant(RouterConfig config, List<Problem> problems) {
        boolean isValid() {
            return problems.stream().noneMatch(Problem::fault);
        }
    }

    /// A line being read, and where its values go.
    record Context(Meaning meaning, Line line, @Nullable InterfaceDraft draft, @Nullable Line header) {
        Arguments arguments() {
            return line.arguments();
        }

        /// Whether the line is a `no`.
        boolean off() {
            return line.negated();
        }

        boolean has(String keyword) {
            return arguments().has(keyword);
        }

        int number(String name) {
            return (int) arguments().number(name);
        }

        Address address(String name) {
            return arguments().get(name, Address.class);
        }

        Optional<Address> someAddress(String name) {
            return arguments().find(name, Address.class);
        }

        /// The interface of whose block the line is.
        InterfaceDraft at() {
            if (draft == null) {
                throw new IllegalStateException("not within an interface: " + line.text());
            }
            return draft;
        }

        /// The access list that a parameter names.
        AccessList list(String name) {
            return meaning.list(this, arguments().canonical(name), name);
        }

        /// The access list that a parameter names, where it may be left out.
        Optional<AccessList> someList(String name) {
            return arguments().column(name) < 0 ? Optional.empty() : Optional.of(list(name));
        }

        /// Keeps the configuration from taking force.
        void fault(String parameter, String message, String advice) {
            meaning.problems.add(problem(true, parameter, message, advice));
        }

        void notice(String parameter, String message) {
            meaning.problems.add(problem(false, parameter, message, ""));
        }

        private Problem problem(boolean fault, String parameter, String message, String advice) {
            return new Problem(fault, line.origin().number(), arguments().column(parameter), line.origin().raw(),
                    message,
                    advice);
        }
    }

    /// One list while its lines are read.
    private record ListDraft(String name, boolean extended, List<AccessList.Entry> entries) {}

    final List<Problem> problems = new ArrayList<>();
    final Map<String, InterfaceDraft> interfaces = new LinkedHashMap<>();
    final List<RouterConfig.StaticRoute> routes = new ArrayList<>();
    final Map<Integer, List<String>> ospf = new TreeMap<>();
    final Map<String, UserDraft> users = new LinkedHashMap<>();
    final List<IgmpConfig.SsmMapping> ssmMappings = new ArrayList<>();
    boolean ssmMapping;
    OptionalInt igmpLimit = OptionalInt.empty();
    boolean forwardAsNonQuerier;
    int proxyRobustness = 2;
    String hostname = "router";
    boolean multicastRouting;
    boolean multipath;
    PimConfig pim = PimConfig.NONE;
    Optional<RouterConfig.Ssh> ssh = Optional.empty();

    private final Map<String, ListDraft> lists = new LinkedHashMap<>();

    private Meaning() {}

    static Meant of(ConfigTree tree) {
        return new Meaning().read(tree);
    }

    private Meant read(ConfigTree tree) {
        for (boolean listsOnly : new boolean[]{true, false}) { // lists first: other lines name them
            for (ConfigTree.Entry entry : tree.entries()) {
                if (AccessListLines.isList(entry.line()) == listsOnly) {
                    read(entry);
                }
            }
        }
        CrossChecks.check(this);
        return new Meant(config(), List.copyOf(problems));
    }

    private void read(ConfigTree.Entry entry) {
        entry.line().statement().apply().to(new Context(this, entry.line(), null, null));
        InterfaceDraft draft = Modes.INTERFACE.equals(entry.line().statement().opens())
                ? interfaces.get(entry.line().arguments().canonical("interface"))
                : null;
        for (Line line : entry.children()) {
            line.statement().apply().to(new Context(this, line, draft, entry.line()));
        }
    }

    /// The interface that a line names, which need not have a block of its own.
    InterfaceDraft named(InterfaceName name) {
        return interfaces.computeIfAbsent(name.toString(), text -> new InterfaceDraft(name, null));
    }

    void list(String name, boolean extended) {
        lists.computeIfAbsent(name, text -> new ListDraft(name, extended, new ArrayList<>()));
    }

    void entry(Context context, String name, boolean extended, AccessList.Entry entry) {
        list(name, extended);
        ListDraft list = lists.get(name);
        if (list != null && list.extended() != extended) {
            context.fault("acl", "list " + name + " is " + (list.extended() ? "an extended" : "a standard") + " one",
                    "take another name");
        } else if (list != null) {
            list.entries().add(entry);
        }
    }

    private AccessList list(Context context, String name, String parameter) {
        ListDraft list = lists.get(name);
        if (list != null && !list.entries().isEmpty()) {
            return new AccessList(name, list.extended(), list.entries());
        }
        context.notice(parameter, "access list " + name + " has no entries: it permits everything, as in IOS");
        return new AccessList(name, list != null && list.extended(),
                List.of(new AccessList.Entry(true, Address.ANY_IPV4, AccessListLines.ALL, Address.ANY_IPV4,
                        AccessListLines.ALL)));
    }

    private RouterConfig config() {
        Map<String, InterfaceConfig> built = new LinkedHashMap<>();
        Map<String, IgmpInterfaceConfig> igmp = new LinkedHashMap<>();
        Map<String, PimConfig.Interface> pimInterfaces = new LinkedHashMap<>();
        interfaces.values().stream().sorted((one, other) -> one.name.compareTo(other.name)).forEach(draft -> {
            String name = draft.name.toString();
            built.put(name, draft.build());
            if (draft.pim.mode() != PimConfig.Mode.OFF || draft.proxyRole == InterfaceDraft.ProxyRole.DOWNSTREAM) {
                igmp(draft).ifPresent(config -> igmp.put(name, config));
            }
            if (draft.pim.mode() != PimConfig.Mode.OFF || draft.multicastLines) {
                pimInterfaces.put(name, draft.pim);
            }
        });
        Optional<AccessList> ssm = pim.ssm().enabled()
                ? Optional.of(pim.ssm().range().orElse(AccessList.SSM_DEFAULT))
                : Optional.empty();
        IgmpConfig igmpConfig = new IgmpConfig(multicastRouting ? igmp : Map.of(), ssm,
                ssmMapping ? ssmMappings : List.of(), igmpLimit);
        PimConfig pimConfig = new PimConfig(multicastRouting, pimInterfaces, pim.rps(), pim.mroutes(), multipath,
                pim.sptThresholds(), pim.ssm(), pim.registers(), pim.acceptRps(), pim.routeLimit(),
                pim.joinPruneIntervalSeconds());
        Map<String, AccessList> accessLists = new LinkedHashMap<>();
        lists.values().forEach(
                list -> accessLists.put(list.name(), new AccessList(list.name(), list.extended(), list.entries())));
        return new RouterConfig(hostname, built, igmpConfig, proxy(), pimConfig, routes, accessLists,
                ospf.entrySet().stream().map(each -> new RouterConfig.OspfProcess(each.getKey(), each.getValue()))
                        .toList(),
                users.values().stream().map(UserDraft::build).toList(), ssh);
    }

    private Optional<IgmpInterfaceConfig> igmp(InterfaceDraft draft) {
        try {
            return Optional.of(draft.igmp.build());
        } catch (IllegalArgumentException e) {
            Line header = draft.header;
            problems.add(new Problem(true, header == null ? 0 : header.origin().number(), -1,
                    header == null ? "" : header.origin().raw(), draft.name + ": ip igmp " + e.getMessage(), ""));
            return Optional.empty();
        }
    }

    private IgmpProxyConfig proxy() {
        Optional<String> upstream = interfaces.values().stream()
                .filter(draft -> draft.proxyRole == InterfaceDraft.ProxyRole.UPSTREAM)
                .map(draft -> draft.name.toString())
                .findFirst();
        Set<String> downstream = interfaces.values().stream()
                .filter(draft -> draft.proxyRole == InterfaceDraft.ProxyRole.DOWNSTREAM)
                .map(draft -> draft.name.toString()).collect(Collectors.toSet());
        return upstream.isEmpty() && downstream.isEmpty()
                ? IgmpProxyConfig.NONE
                : new IgmpProxyConfig(upstream, downstream, forwardAsNonQuerier, proxyRobustness);
    }
}
