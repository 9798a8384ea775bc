package io.nubicast.bench;

/// One case of a measurement: how many members, and how long the datagrams are (UDP payload bytes). Written `64x200`.
record Cell(int members, int payloadBytes) {
    static Cell parse(String text) {
        String[] part = text.split("x", -1);
        Cell cell = new Cell(Integer.parseInt(part[0]), Integer.parseInt(part[1]));
        if (cell.members < 1 || cell.members > Laboratory.MOST_MEMBERS) {
            throw new IllegalArgumentException(text + ": members are 1.." + Laboratory.MOST_MEMBERS);
        }
        if (cell.payloadBytes < 24 || cell.payloadBytes > 1472) {
            throw new IllegalArgumentException(text + ": bytes are 24..1472");
        }
        return cell;
    }

    @Override
    public String toString() {
        return members + "x" + payloadBytes;
    }
}
