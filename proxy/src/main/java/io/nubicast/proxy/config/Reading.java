package io.nubicast.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What reading a file gave.
///
/// @param file as the user named it
/// @param config what the file says; empty exactly when there is an error among the faults
/// @param faults errors and warnings in the order of the text
public record Reading<T>(String file, Optional<T> config, List<Fault> faults) {
    public Reading {
        faults = List.copyOf(faults);
    }

    static <T> Reading<T> of(String file, T config, Faults faults) {
        return new Reading<>(file, faults.anyError() ? Optional.empty() : Optional.of(config), faults.inOrder());
    }

    public List<Fault> errors() {
        return of(Fault.Severity.ERROR);
    }

    public List<Fault> warnings() {
        return of(Fault.Severity.WARNING);
    }

    private List<Fault> of(Fault.Severity severity) {
        List<Fault> result = new ArrayList<>();
        for (Fault fault : faults) {
            if (fault.severity() == severity) {
                result.add(fault);
            }
        }
        return List.copyOf(result);
    }

    /// All faults, a line each, every line ended; empty when there is none.
    public String text() {
        StringBuilder lines = new StringBuilder();
        for (Fault fault : faults) {
            lines.append(fault.text()).append('\n');
        }
        return lines.toString();
    }
}
