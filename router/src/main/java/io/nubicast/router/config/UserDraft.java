package io.nubicast.router.config;

import java.util.ArrayList;
import java.util.List;

/// A user while its lines are read.
final class UserDraft {
    final String name;
    int privilege = 1;
    int type;
    String secret = "";
    final List<String> keys = new ArrayList<>();

    UserDraft(String name) {
        this.name = name;
    }

    RouterConfig.User build() {
        return new RouterConfig.User(name, privilege, type, secret, keys);
    }
}
