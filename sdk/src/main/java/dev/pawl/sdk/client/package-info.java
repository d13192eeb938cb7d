/**
 * The side of those who start workflows and talk to them: {@link dev.pawl.sdk.client.PawlClient} over the control API, with
 * the user's types instead of payloads. It holds no state but its settings; every answer is the engine's.
 */
@NullMarked
package dev.pawl.sdk.client;

import org.jspecify.annotations.NullMarked;
