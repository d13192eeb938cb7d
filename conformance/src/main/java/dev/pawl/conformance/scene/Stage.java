package dev.pawl.conformance.scene;

import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Target;
import dev.pawl.conformance.wire.Transcript;
import java.net.http.HttpClient;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A server under test, as far as all cases share it: its address, what it says of itself, and names that are free. */
public final class Stage implements AutoCloseable {
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Target target;
  private final Doc info;
  private final Set<Feature> features = EnumSet.noneOf(Feature.class);
  private final String tag = UUID.randomUUID().toString().substring(0, 8);
  private final AtomicInteger scenes = new AtomicInteger();

  /**
   * Asks the server what it is.
   *
   * @param patient whether slow cases are played
   * @throws java.io.UncheckedIOException if nobody answers there
   * @throws dev.pawl.conformance.wire.Unmet if it does not let the caller in
   */
  public Stage(Target target, boolean patient) {
    this.target = target;
    Client admin = client(new Transcript()).as(target.admin());
    Answer said = admin.get("/cluster/info").is(200);
    info = new Doc(said.value());
    for (Feature feature : Feature.values()) if (feature.isThere(info, admin)) features.add(feature);
    features.add(target.byRole() ? Feature.ROLES : Feature.ONE_CALLER);
    if (patient) features.add(Feature.PATIENCE);
  }

  private Client client(Transcript transcript) {
    return new Client(http, target.url(), target.operator(), transcript, target.namespace());
  }

  /** The discovery document. */
  public Doc info() {
    return info;
  }

  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** A scene of its own for one case. */
  public Scene scene() {
    Transcript transcript = new Transcript();
    return new Scene(this, target, client(transcript), transcript, tag + "-" + scenes.incrementAndGet());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
