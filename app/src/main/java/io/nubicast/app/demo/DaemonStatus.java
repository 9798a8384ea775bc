package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Reading;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a proxy says of itself (`nubicast proxy status --json`).
final class DaemonStatus {
    static final String REQUEST = "status";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static final DaemonStatus UNKNOWN = new DaemonStatus(JSON.createObjectNode());

    private final JsonNode root;

    private DaemonStatus(JsonNode root) {
        this.root = root;
    }

    /// An answer that is none is [#UNKNOWN]'s equal.
    static DaemonStatus parse(String json) {
        try {
            return new DaemonStatus(JSON.readTree(json));
        } catch (JacksonException e) {
            return UNKNOWN;
        }
    }

    /// What it did for one group: datagrams taken, and copies sent or restored.
    Reading reading(String group) {
        for (JsonNode route : root.path("groups")) {
            if (route.path("group").asString("").equals(group)) {
                long copies = 0;
                long errors = 0;
                for (JsonNode member : route.path("members")) {
                    copies += member.path("packets").asLong(0);
                    errors += sum(member.path("errors"));
                }
                return reading(route, copies + " copies", errors + sum(route.path("drops")));
            }
        }
        for (JsonNode route : root.path("servers")) {
            if (route.path("group").asString("").equals(group)) {
                JsonNode restored = route.path("restored");
                return reading(route, restored.path("packets").asLong(0) + " restored",
                        sum(restored.path("errors")) + sum(route.path("drops")));
            }
        }
        return Reading.UNKNOWN;
    }

    private static Reading reading(JsonNode route, String done, long failed) {
        return new Reading(route.path("packets").asLong(0), route.path("bytes").asLong(0),
                failed == 0 ? done : failed + " failed", failed == 0);
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong(0);
        }
        return sum;
    }
}
