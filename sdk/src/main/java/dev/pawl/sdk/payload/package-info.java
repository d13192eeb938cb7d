/** How values of the user become payloads and come back: the converter, and the codecs behind it. */
@NullMarked
package dev.pawl.sdk.payload;

import org.jspecify.annotations.NullMarked;
