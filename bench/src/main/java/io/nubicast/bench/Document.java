package io.nubicast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Puts the tables of a run into a document, between its marks.
final class Document {
    private static final String BEGIN = "<!-- bench/fanout --markdown: begin -->\n";
    private static final String END = "<!-- bench/fanout --markdown: end -->";

    private Document() {}

    /// Replaces the tables in the document, and the plot beside it.
    ///
    /// @throws IOException when the document has no marks
    static void update(Path document, Summary summary) throws IOException {
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no line \"" + BEGIN.strip() + "\" with \"" + END + "\" after it");
        }
        Files.writeString(document, text.substring(0, begin + BEGIN.length()) + new Tables(summary).ofTheDocument()
                + text.substring(end));
        Plot.write(summary, document.resolveSibling(Plot.FILE));
    }
}
