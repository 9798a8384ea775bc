package io.nubicast.dataplane.gre;

/// User space carries both ends.
class UserSpaceTunnelTest extends TunnelContract {
    @Override
    TunnelConfig.Carrier leftCarrier() {
        return TunnelConfig.Carrier.USER_SPACE;
    }

    @Override
    TunnelConfig.Carrier rightCarrier() {
        return TunnelConfig.Carrier.USER_SPACE;
    }
}
