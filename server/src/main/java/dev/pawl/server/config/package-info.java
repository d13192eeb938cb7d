/**
 * Settings of a server: one table of names, each with its default and where it may come from. Whatever is unknown or
 * contradicts itself keeps the server from starting, with the reason.
 */
@NullMarked
package dev.pawl.server.config;

import org.jspecify.annotations.NullMarked;
