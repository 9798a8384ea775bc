/// What a running proxy shows of itself: a snapshot of configuration and counters ([ProxyStatus]), as JSON ([StatusJson]) and as
/// a table for people ([StatusTable]), with rates since an earlier snapshot ([StatusHistory]); the four totals of the
/// original ([Totals]); and the requests of the control socket ([ProxyRequests], answers read by [ControlAnswer]).
///
/// Pure but for the history: values in, text out.
@NullMarked
package io.nubicast.proxy.status;

import org.jspecify.annotations.NullMarked;
