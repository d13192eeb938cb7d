/**
 * Every crash point of the engine on one database, one after another: a process with clients and workers ends there as
 * SIGKILL would end it, the next one finds what it left, and in the end a healthy one finishes everything.
 */
@NullMarked
package dev.pawl.chaos.crash;

import org.jspecify.annotations.NullMarked;
