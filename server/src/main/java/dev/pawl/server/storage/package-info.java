/**
 * Payloads that lie outside of the database: a namespace says where, clients store and fetch them, and the engine keeps
 * references. The server looks into such a store only to show a person what is behind a reference, and to try it out.
 */
@NullMarked
package dev.pawl.server.storage;

import org.jspecify.annotations.NullMarked;
