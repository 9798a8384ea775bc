package io.nubicast.proxy.mesh;

import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ClientEdit;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.KernelClientEdit;
import io.nubicast.proxy.config.KernelServerEdit;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.ServerEdit;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The two files of this host in a full mesh: copies to all others, and copies accepted from all others. The port is the same
/// everywhere: applications' port, port of the copies, and port of what is restored.
///
/// @param own what this host's addresses are
public record MeshFiles(MeshList list, OwnAddresses own) {
    /// Whether this host is in the list at all; where it is not, it would serve all and be served by none.
    public boolean isMember() {
        return list.others(own).size() < list.hosts().size();
    }

    /// `server_cfg.json.txt` of a host that is in no other group, in the original's form.
    public String serverText() {
        StringBuilder text = new StringBuilder(256).append("{\"multi_group_array\":[{\"group_ip\":\"")
                .append(list.group())
                .append("\",\"group_port\":").append(list.port()).append(",\"server_port\":").append(list.port())
                .append(",\"member_array\":[");
        boolean first = true;
        for (Address host : list.others(own)) {
            text.append(first ? "\"" : ",\"").append(host).append('"');
            first = false;
        }
        return text.append("]}]}").toString();
    }

    /// `client_cfg.json.txt` of a host that is in no other group, in the original's form.
    public String clientText() {
        StringBuilder text = new StringBuilder(256).append("{\"multi_server_info_array\":[");
        boolean first = true;
        for (Address host : list.others(own)) {
            text.append(first ? "" : ",").append("{\"server_ip\":\"").append(host).append("\",\"server_port\":")
                    .append(list.port()).append(",\"group_port\":").append(list.port()).append(",\"group_ip\":\"")
                    .append(list.group()).append("\"}");
            first = false;
        }
        return text.append("]}").toString();
    }

    /// `multi_server_running_config` of a host that is in no other group, as the kernel dialect writes it.
    public String kernelServerText() {
        return KernelServerEdit.text(list.group(), list.others(own));
    }

    /// `multi_client_running_config` of a host that is in no other group, as the kernel dialect writes it.
    public String kernelClientText() {
        return KernelClientEdit.text(list.others(own), list.port(), list.group());
    }

    /// As [#addToServer(Path)], for the running file of the kernel dialect, which takes any port.
    public EditResult addToKernelServer(Path file) throws IOException {
        return KernelServerEdit.join(file, list.group(), list.others(own));
    }

    /// As [#addToClient(Path)], for the running file of the kernel dialect.
    public EditResult addToKernelClient(Path file) throws IOException {
        return KernelClientEdit.addAll(file, list.others(own), list.port(), list.group());
    }

    /// Adds the mesh to a server file, as the original's script does: what is there stays, nothing is added twice.
    public EditResult addToServer(Path file) throws IOException {
        return ServerEdit.extend(file, list.group(), list.port(), list.port(), list.others(own));
    }

    /// Adds the mesh to a client file, as the original's script does: what is there stays, nothing is added twice.
    public EditResult addToClient(Path file) throws IOException {
        List<ClientConfig.Entry> entries = new ArrayList<>();
        for (Address host : list.others(own)) {
            entries.add(new ClientConfig.Entry(host, list.port(), list.group(), list.port()));
        }
        return ClientEdit.addAll(file, entries);
    }
}
