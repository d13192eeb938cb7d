package dev.pawl.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.json.Json;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The recipes of {@code deploy/}, checked without the programs that carry them out: no container, cluster or service
 * manager is started here.
 */
class RecipesTest {
  private static final Map<String, Class<?>> KINDS = Map.of("Deployment", Deployment.class, "Service", Service.class,
      "PodDisruptionBudget", PodDisruptionBudget.class, "Secret", Secret.class);

  private static ServerConfig accepted(Map<String, String> environment) {
    return ServerConfig.of(List.of(), environment);
  }

  @Test
  void theNodesOfTheCompositionTakeTheirSettings() {
    for (String node : List.of("pawl-1", "pawl-2")) {
      ServerConfig config = accepted(Recipes.composed(node));
      assertThat(config.serverId()).isEqualTo(node);
      assertThat(config.database()).startsWith("jdbc:postgresql://postgres:5432/pawl?user=pawl&password=set-");
      assertThat(config.redis()).isEqualTo("redis://redis:6379");
      assertThat(config.tokens()).hasSize(3);
    }
  }

  @Test
  void theCompositionNamesOnlyServicesAndVolumesThatItHas() {
    Map<String, @Nullable Object> compose = Recipes.yaml("compose.yaml");
    Map<String, @Nullable Object> services = Json.object(compose.get("services"));
    assertThat(services.keySet()).containsExactlyInAnyOrder("pawl-1", "pawl-2", "nginx", "postgres", "redis");
    assertThat(Json.object(Recipes.at(compose, "x-node.depends_on")).keySet()).isSubsetOf(services.keySet());
    assertThat(Json.strings(Recipes.at(compose, "services.nginx.depends_on"))).isSubsetOf(services.keySet());
    assertThat(Json.strings(Recipes.at(compose, "services.postgres.volumes")))
        .allSatisfy(mount -> assertThat(Json.object(compose.get("volumes"))).containsKey(mount.split(":")[0]));
    assertThat(Recipes.text("nginx.conf")).contains("server pawl-1:8080", "server pawl-2:8080");
    assertThat(Recipes.at(compose, "x-node.build.dockerfile")).isEqualTo("deploy/Containerfile");
  }

  @Test
  void theServiceOfTheSystemTakesItsSettingsAndStartsWhatADistHas() {
    assertThat(accepted(Recipes.assigned("systemd/pawl.env")).tokens()).hasSize(3);
    Map<String, String> unit = Recipes.assigned("systemd/pawl.service");
    assertThat(unit).containsEntry("ExecStart", "/opt/pawl/bin/pawl-server")
        .containsEntry("EnvironmentFile", "/etc/pawl/pawl.env");
    assertThat(Recipes.text("Containerfile")).contains("./pawl dist /opt/pawl", "/opt/pawl/bin/pawl-server");
    assertThat(Recipes.text("../pawl")).contains("\"$1/bin/pawl-server\"");
  }

  @Test
  void thePodsTakeTheirSettings() {
    ServerConfig config = accepted(Recipes.podded());
    assertThat(config.serverId()).isEqualTo("pawl-7d9f-x2");
    assertThat(config.tokens()).hasSize(3);
  }

  @Test
  void theManifestsHaveNoFieldThatKubernetesDoesNotKnow() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Set<String> kinds = new HashSet<>();
    for (Path file : Recipes.kubernetes()) {
      Map<String, @Nullable Object> document = Recipes.yaml("kubernetes/" + file.getFileName());
      String kind = (String) document.get("kind");
      if (kind.equals("Kustomization")) continue;
      kinds.add(kind);
      Object typed = mapper.readValue(Json.text(document), KINDS.get(kind));
      assertThat(unknown(typed, file.getFileName().toString(), new HashSet<>())).isEmpty();
    }
    assertThat(kinds).isEqualTo(KINDS.keySet());
    assertThat(unknown(mapper.readValue("{\"spec\": {\"replcas\": 2}}", Deployment.class), "x", new HashSet<>()))
        .as("a slip is found").containsExactly("x.spec.replcas");
  }

  @Test
  void theKustomizationListsEveryManifest() {
    List<String> files = Recipes.kubernetes().stream().map(file -> file.getFileName().toString())
        .filter(name -> !name.equals("kustomization.yaml")).toList();
    assertThat(Json.strings(Recipes.yaml("kubernetes/kustomization.yaml").get("resources")))
        .containsExactlyInAnyOrderElementsOf(files);
  }

  @Test
  void theManifestsFitTogether() {
    Map<String, @Nullable Object> deployment = Recipes.yaml("kubernetes/deployment.yaml");
    Object label = Recipes.at(deployment, "spec.template.metadata.labels");
    assertThat(Recipes.at(deployment, "spec.selector.matchLabels")).isEqualTo(label);
    assertThat(Recipes.at(Recipes.yaml("kubernetes/service.yaml"), "spec.selector")).isEqualTo(label);
    assertThat(Recipes.at(Recipes.yaml("kubernetes/disruption.yaml"), "spec.selector.matchLabels")).isEqualTo(label);
    assertThat(Recipes.at(deployment, "spec.template.spec.containers.0.envFrom.0.secretRef.name"))
        .isEqualTo(Recipes.at(Recipes.yaml("kubernetes/secret.yaml"), "metadata.name"));
    assertThat(Recipes.at(deployment, "spec.template.spec.containers.0.readinessProbe.httpGet.path"))
        .isEqualTo("/api/ready");
  }

  /** Paths of fields that a model of Kubernetes has kept only because it does not know them. */
  private static Set<String> unknown(@Nullable Object value, String path, Set<String> found) throws Exception {
    if (value instanceof Collection<?> all) {
      int i = 0;
      for (Object one : all) unknown(one, path + "." + i++, found);
    } else if (value instanceof KubernetesResource) {
      for (Method getter : value.getClass().getMethods()) {
        if (getter.getParameterCount() != 0 || !getter.getName().startsWith("get")) continue;
        if (getter.getName().equals("getAdditionalProperties")) {
          ((Map<?, ?>) getter.invoke(value)).keySet().forEach(name -> found.add(path + "." + name));
        } else if (!getter.getName().equals("getClass")) {
          String name = getter.getName().substring(3);
          unknown(getter.invoke(value), path + "." + Character.toLowerCase(name.charAt(0)) + name.substring(1), found);
        }
      }
    }
    return found;
  }
}
