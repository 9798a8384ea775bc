# What the service scripts share; sourced with $self, the script's own real path.
root=$(CDPATH='' cd -- "$(dirname "$self")/.." && pwd -P) || exit 1
# Another program, for tests.
nubicast=${NUBICAST:-$root/nubicast}
run=${NUBICAST_RUN_DIR:-/run/nubicast}

# Whether the process of a pid file runs and is what the file is for: pids are given anew.
runs() {
    [ -r "$1" ] || return 1
    pid=$(cat "$1")
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -q -- "$2"
}

# Ends the process of a pid file: asks, and after half a minute insists.
end() {
    pid=$(cat "$1")
    kill -TERM "$pid" 2>/dev/null || :
    left=300
    while runs "$1" "$2"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || kill -KILL "$pid" 2>/dev/null || :
        sleep 0.1
    done
    rm -f "$1"
}

# With systemd as the first process, the unit of that name is the service; tests have neither.
by_systemd() {
    [ -d /run/systemd/system ] && [ -z "${NUBICAST_RUN_DIR:-}" ] && systemctl cat "$1.service" >/dev/null 2>&1
}
