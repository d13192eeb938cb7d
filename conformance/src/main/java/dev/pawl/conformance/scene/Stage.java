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
import org.jspecify.annotations.Nullable;

/** A server under test, as far as all cases share it: its address, what it says of itself, and names that are free. */
public final class Stage implements AutoCloseable {
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Target target;
  private final Doc info;
  private final Set<Feature> features = EnumSet.noneOf(Feature.class);
  private final String tag = UUID.randomUUID().toString().substring(0, 8);
  private final AtomicInteger scenes = new AtomicInteger();
  private final @Nullable CarrierDesk carrier;

  /**
   * Asks the server what it is.
   *
   * @param patient whether slow cases are played
   * @param carrier where the server's carrier calls; null: it has none that does. Its owner closes it
   * @throws java.io.UncheckedIOException if nobody answers there
   * @throws dev.pawl.conformance.wire.Unmet if it does not let the caller in
   */
  public Stage(Target target, boolean patient, @Nullable CarrierDesk carrier) {
    this.target = target;
    this.carrier = carrier;
    Client admin = client(new Transcript()).as(target.admin());
    Answer said = admin.get("/cluster/info").is(200);
    info = new Doc(said.value());
    for (Feature feature : Feature.values()) if (feature.isThere(info, admin)) features.add(feature);
    features.add(target.byRole() ? Feature.ROLES : Feature.ONE_CALLER);
    if (patient) features.add(Feature.PATIENCE);
    if (carrier != null) features.add(Feature.CARRIERS);
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

  /** Where the server's carrier calls; only for cases that need it. */
  CarrierDesk carrier() {
    if (carrier == null) throw new IllegalStateException("the case has to need " + Feature.CARRIERS);
    return carrier;
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
