/// The two files of the original, `server_cfg.json.txt` and `client_cfg.json.txt`: what they say ([ServerConfig],
/// [ClientConfig]), reading them with every fault at once ([ServerFile], [ClientFile]), editing them ([ConfigEdit]), and the
/// routes that they mean ([ServerRoutes], [ClientRoutes]).
///
/// A file is read into a tree that knows the line and column of every value ([JsonText], [Json]); the checks run over the
/// tree, so that a wrong member is reported where it stands, and so that an edit keeps keys that we do not know.
///
/// No data binding here: the old commands read these files within a tenth of a second.
@NullMarked
package io.nubicast.proxy.config;

import org.jspecify.annotations.NullMarked;
