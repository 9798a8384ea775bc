package io.nubicast.wire.igmp;

/// What [IgmpMessage#parse] makes of bytes: a message, or the reason why there is none.
public sealed interface IgmpDecoded permits IgmpMessage, IgmpDrop {}
