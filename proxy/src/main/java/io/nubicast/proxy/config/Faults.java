package io.nubicast.proxy.config;

import java.util.ArrayList;
import java.util.List;

/// Collects the faults of one file, in the order of the text. Beyond [#MOST] they are only counted: a file of a million
/// wrong members shall not fill the disk with its log.
final class Faults {
    static final int MOST = 200;

    private final String file;
    private final List<Fault> faults = new ArrayList<>();
    private int errors;
    private int left;

    Faults(String file) {
        this.file = file;
    }

    void error(int line, int column, String what, String change) {
        errors++;
        add(new Fault(Fault.Severity.ERROR, file, line, column, what, change));
    }

    void error(Json at, String what, String change) {
        error(at.line(), at.column(), what, change);
    }

    void warning(int line, int column, String what, String change) {
        add(new Fault(Fault.Severity.WARNING, file, line, column, what, change));
    }

    void warning(Json at, String what, String change) {
        warning(at.line(), at.column(), what, change);
    }

    private void add(Fault fault) {
        if (faults.size() < MOST) {
            faults.add(fault);
        } else {
            left++;
        }
    }

    boolean anyError() {
        return errors > 0;
    }

    /// In the order of the text; faults without a place first.
    List<Fault> inOrder() {
        List<Fault> result = new ArrayList<>(faults);
        result.sort((a, b) -> a.line() != b.line()
                ? Integer.compare(a.line(), b.line())
                : Integer.compare(a.column(), b.column()));
        if (left > 0) {
            result.add(new Fault(errors > 0 ? Fault.Severity.ERROR : Fault.Severity.WARNING, file, 0, 0,
                    left + " more faults are not shown", "repair these first"));
        }
        return List.copyOf(result);
    }
}
