package dev.pawl.redis;

import dev.pawl.engine.hint.Hint;
import dev.pawl.engine.hint.HintBus;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints over one channel of Redis. Keeps nothing there and needs nothing to be there: while Redis cannot be reached hints
 * are dropped and counted, and when it can be reached again everybody is told to look once.
 */
public final class RedisHints implements HintBus {
  private static final Logger LOG = LoggerFactory.getLogger(RedisHints.class);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final long RETRY = Duration.ofSeconds(1).toNanos();

  private final RedisClient client;
  private final byte[] channel;
  private final UUID node = UUID.randomUUID();
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder ignored = new LongAdder();
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> out;
  private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> in;
  private volatile boolean closed;

  /**
   * Messages since the start.
   *
   * @param connected whether Redis can be reached now
   * @param dropped hints that nobody was told, because Redis could not be reached
   * @param ignored messages on the channel that no node of this version wrote
   */
  public record Figures(boolean connected, long sent, long received, long dropped, long ignored) {}

  /**
   * Hints by way of this Redis. Nothing is connected before {@link #listen}.
   *
   * @param address {@code redis://[user:password@]host[:port][/database]} or {@code rediss://...}
   * @param channel shared by the nodes on one database and by nobody else; 1 to 100 characters
   * @throws IllegalArgumentException for an address that is none
   */
  public RedisHints(String address, String channel) {
    if (channel.isBlank() || channel.length() > 100) {
      throw new IllegalArgumentException("channel: expected 1 to 100 characters, got '%s'".formatted(channel));
    }
    RedisURI uri = RedisURI.create(address);
    uri.setTimeout(CONNECT);
    this.channel = channel.getBytes(StandardCharsets.UTF_8);
    client = RedisClient.create(uri);
    client.setOptions(ClientOptions.builder()
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(10_000)
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).build())
        .build());
  }

  @Override
  public void listen(Consumer<Hint> heard, Runnable missed) {
    Thread.ofVirtual().name("pawl-redis-connect").start(() -> connect(heard, missed));
  }

  /** Until it has worked once; from then on the client connects again by itself. */
  private void connect(Consumer<Hint> heard, Runnable missed) {
    boolean said = false;
    while (!closed) {
      try {
        StatefulRedisPubSubConnection<byte[], byte[]> listening = client.connectPubSub(ByteArrayCodec.INSTANCE);
        in = listening;
        listening.addListener(new Ear(heard, missed));
        listening.sync().subscribe(channel);
        out = client.connect(ByteArrayCodec.INSTANCE);
        if (closed) close();
        return;
      } catch (RedisException e) {
        if (!said && !closed) {
          LOG.warn("Redis cannot be reached; tasks of other nodes are found by looking: {}", e.getMessage());
        }
        said = true;
        StatefulRedisPubSubConnection<byte[], byte[]> half = in;
        if (half != null) half.closeAsync();
        LockSupport.parkNanos(RETRY);
      }
    }
  }

  private final class Ear extends RedisPubSubAdapter<byte[], byte[]> {
    private final Consumer<Hint> heard;
    private final Runnable missed;

    Ear(Consumer<Hint> heard, Runnable missed) {
      this.heard = heard;
      this.missed = missed;
    }

    @Override
    public void message(byte[] from, byte[] bytes) {
      HintBytes.Message message = HintBytes.read(bytes);
      if (message == null) {
        ignored.increment();
      } else if (!message.node().equals(node)) {
        received.increment();
        message.hints().forEach(heard);
      }
    }

    /** At the start, and each time after a connection was lost. */
    @Override
    public void subscribed(byte[] to, long count) {
      missed.run();
    }
  }

  @Override
  public void tell(Collection<Hint> hints) {
    StatefulRedisConnection<byte[], byte[]> to = out;
    if (to == null || !to.isOpen()) {
      dropped.add(hints.size());
      return;
    }
    for (byte[] message : HintBytes.write(node, hints)) {
      try {
        to.async().publish(channel, message).whenComplete((reached, problem) -> {
          if (problem != null) dropped.increment();
        });
        sent.increment();
      } catch (RedisException e) {
        dropped.add(hints.size());
      }
    }
  }

  public Figures figures() {
    StatefulRedisPubSubConnection<byte[], byte[]> listening = in;
    StatefulRedisConnection<byte[], byte[]> telling = out;
    boolean connected = listening != null && listening.isOpen() && telling != null && telling.isOpen();
    return new Figures(connected, sent.sum(), received.sum(), dropped.sum(),
        ignored.sum());
  }

  @Override
  public void close() {
    closed = true;
    client.shutdown(Duration.ZERO, CONNECT);
  }
}
