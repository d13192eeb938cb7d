package dev.pawl.testbed.fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** One client's connection and its twin to the server, with a thread for each direction. */
final class Link {
  private static final int BURST = 256 * 1024;

  private final FaultProxy proxy;
  private final Socket client;
  private final Socket server;
  private final Conversation talk;
  private final ReentrantLock talking = new ReentrantLock();
  private final CountDownLatch directions = new CountDownLatch(2);
  /** The client was cut off; what the server still says is read and thrown away. */
  private volatile boolean deserted;

  Link(FaultProxy proxy, Socket client, Socket server, Conversation talk) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
    this.talk = talk;
  }

  void start() {
    Thread.ofVirtual().name("to-server").start(() -> run(this::carryToServer));
    Thread.ofVirtual().name("to-client").start(() -> run(this::carryToClient));
  }

  private interface Carrier {
    void carry() throws IOException, InterruptedException;
  }

  private void run(Carrier carrier) {
    try {
      carrier.carry();
    } catch (Gate.Cut cut) {
      reset();
    } catch (IOException closed) {
      // One side is gone: so is the other, in the same manner.
      if (!deserted) reset();
    } catch (InterruptedException e) {
      reset();
    } finally {
      directions.countDown();
      if (directions.getCount() == 0) {
        close();
        proxy.gone(this);
      }
    }
  }

  // ---- what the client says

  private void carryToServer() throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(client.getInputStream(), 64 * 1024);
    var gate = new Gate(proxy, Direction.TO_SERVER, server.getOutputStream());
    var burst = new ByteArrayOutputStream();
    byte[] message;
    while ((message = talk.readRequest(in, client.getOutputStream())) != null) {
      boolean commits = heard(message);
      if (commits) {
        Armed stall = proxy.hit(Fault.StallCommit.class);
        if (stall != null) {
          // With all that belongs to it: half a request would keep a server busy that ought to see an idle client.
          stall.fire();
          stall.awaitDisarmed();
        }
        gate.pass(take(burst));
        Armed before = proxy.hit(Fault.CutBeforeCommit.class);
        if (before != null) {
          // Counted first: whoever sees the cut may look at the count.
          before.fire();
          desert();
          server.shutdownOutput();
          return;
        }
        Armed late = proxy.hit(Fault.LateCommit.class);
        if (late != null && late.fault() instanceof Fault.LateCommit fault) {
          late.fire();
          desert();
          late.awaitDisarmed(fault.hold());
          burst.writeBytes(message);
          burst.writeBytes(closing());
          gate.pass(take(burst));
          server.shutdownOutput();
          return;
        }
      }
      burst.writeBytes(message);
      if (in.available() == 0 || burst.size() > BURST) gate.pass(take(burst));
    }
    if (!server.isClosed()) server.shutdownOutput();
  }

  private boolean heard(byte[] message) {
    talking.lock();
    try {
      return talk.heard(message);
    } finally {
      talking.unlock();
    }
  }

  private byte[] closing() {
    talking.lock();
    try {
      byte[] closing = talk.closing();
      if (closing.length > 0) talk.heard(closing);
      return closing;
    } finally {
      talking.unlock();
    }
  }

  // ---- what the server says

  private void carryToClient() throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(server.getInputStream(), 64 * 1024);
    var gate = new Gate(proxy, Direction.TO_CLIENT, client.getOutputStream());
    var burst = new ByteArrayOutputStream();
    var aboutCommit = new ByteArrayOutputStream(); // delivered whole or not at all
    byte[] message;
    while ((message = talk.readAnswer(in)) != null) {
      Conversation.Answer answer;
      boolean ofCommit;
      talking.lock();
      try {
        ofCommit = talk.answersCommit();
        answer = talk.answered(message);
      } finally {
        talking.unlock();
      }
      (ofCommit ? aboutCommit : burst).writeBytes(message);
      if (answer == Conversation.Answer.COMMITTED) {
        proxy.committed();
        Armed after = deserted ? null : proxy.hit(Fault.CutAfterCommit.class);
        if (after != null) {
          gate.pass(take(burst));
          after.fire();
          desert();
          server.shutdownOutput();
        }
      }
      if (answer != Conversation.Answer.GOES_ON) burst.writeBytes(take(aboutCommit));
      if (deserted) burst.reset();
      else if (in.available() == 0 || burst.size() > BURST) gate.pass(take(burst));
    }
    if (!deserted) {
      gate.pass(take(burst));
      client.shutdownOutput();
    }
  }

  private static byte[] take(ByteArrayOutputStream burst) {
    byte[] bytes = burst.toByteArray();
    burst.reset();
    return bytes;
  }

  // ---- ends

  /** Resets the client; the server's side stays. */
  private void desert() {
    deserted = true;
    reset(client);
  }

  void reset() {
    reset(client);
    reset(server);
  }

  /** Tells both sides that nothing more comes. */
  void finish() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.shutdownOutput();
      } catch (IOException gone) {
        // It had ended before; nobody is left to tell.
      }
    }
  }

  private void close() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.close();
      } catch (IOException gone) {
        // The descriptor is free either way.
      }
    }
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0); // closing without lingering sends a reset
    } catch (IOException gone) {
      // Closed already.
    }
    try {
      socket.close();
    } catch (IOException gone) {
      // The descriptor is free either way.
    }
  }
}
