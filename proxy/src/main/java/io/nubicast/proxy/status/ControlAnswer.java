package io.nubicast.proxy.status;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// Reads what [ProxyRequests] answers, for the command line.
public final class ControlAnswer {
    private ControlAnswer() {}

    /// The string under a key of the answer's root object, such as `text` or `error`; empty when it has none.
    public static Optional<String> string(String answer, String key) {
        try (JsonParser json = StatusJson.JSON.createParser(ObjectReadContext.empty(), answer)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals(key) && value == JsonToken.VALUE_STRING) {
                    return Optional.of(json.getString());
                }
                json.skipChildren();
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
