package dev.pawl.server.config;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.server.auth.Authority;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.auth.Role;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.carrier.CarrierFile;
import dev.pawl.server.carrier.CarrierPlan;
import dev.pawl.server.json.Json;
import dev.pawl.server.storage.ExternalStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a server was told, checked as a whole. */
public final class ServerConfig {
  /** A value and where it came from. */
  private record Given(String value, String source) {}

  private final Map<String, Given> given;
  private final List<Authority.Grant> listed;
  private CarrierPlan carriers = CarrierPlan.NONE;

  private ServerConfig(Map<String, Given> given, List<Authority.Grant> listed) {
    this.given = given;
    this.listed = listed;
  }

  /**
   * Reads options, the file that they name, and the environment; in this order, the first one counts.
   *
   * @param options {@code --name value} or {@code --name=value}
   * @throws RejectedException {@code BAD_CONFIGURATION} with everything that is wrong
   */
  public static ServerConfig of(List<String> options, Map<String, String> environment) {
    List<String> wrong = new ArrayList<>();
    Map<String, Given> given = new LinkedHashMap<>();
    List<Authority.Grant> listed = new ArrayList<>();
    String file = options(options, given, wrong);
    if (file == null) file = environment.get("PAWL_CONFIG");
    if (file != null) file(file, given, listed, wrong);
    environment(environment, given, wrong);
    for (Setting setting : Setting.ALL) {
      if (!given.containsKey(setting.name()) && setting.absent() != null) {
        given.put(setting.name(), new Given(setting.absent(), "default"));
      }
    }
    ServerConfig config = new ServerConfig(given, listed);
    config.check(wrong);
    config.readCarriers(environment, wrong);
    if (!wrong.isEmpty()) {
      throw new RejectedException(
          Rejection.because(Rejection.Code.BAD_CONFIGURATION, String.join("; ", wrong)));
    }
    return config;
  }

  private static @Nullable String options(List<String> options, Map<String, Given> given, List<String> wrong) {
    String file = null;
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      if (!option.startsWith("--")) {
        wrong.add("expected an option such as --port 8080, got '%s'".formatted(option));
        continue;
      }
      int equal = option.indexOf('=');
      String name = equal < 0 ? option.substring(2) : option.substring(2, equal);
      String value = equal >= 0 ? option.substring(equal + 1) : i + 1 < options.size() ? options.get(++i) : null;
      if (value == null) wrong.add("--%s: expected a value behind it".formatted(name));
      else if (name.equals("config")) file = value;
      else if (setting(name) == null) wrong.add("--%s: there is no such setting".formatted(name));
      else if (given.put(name, new Given(value, "option")) != null) wrong.add("--%s: given twice".formatted(name));
    }
    return file;
  }

  private static void file(String name, Map<String, Given> given, List<Authority.Grant> listed, List<String> wrong) {
    Object read;
    try {
      read = Json.yaml(Files.readString(Path.of(name)));
    } catch (IOException e) {
      wrong.add("--config %s: it cannot be read: %s".formatted(name, e.getMessage()));
      return;
    } catch (Json.Malformed e) {
      wrong.add("--config %s: %s".formatted(name, e.getMessage()));
      return;
    }
    if (read == null) return;
    if (!(read instanceof Map)) {
      wrong.add("--config %s: expected names and values".formatted(name));
      return;
    }
    Json.object(read).forEach((key, value) -> {
      if (key.equals("tokens")) tokens(name, value, listed, wrong);
      else if (setting(key) == null) wrong.add("%s: there is no setting '%s'".formatted(name, key));
      else if (value instanceof Map || value instanceof List) wrong.add("%s: %s: expected one value".formatted(name,
          key));
      else if (value != null) given.putIfAbsent(key, new Given(value.toString(), name));
    });
  }

  /** {@code tokens: [{role: worker, name: ann, sha256: ..., namespaces: [a, b]}]}. */
  private static void tokens(String file, @Nullable Object value, List<Authority.Grant> listed, List<String> wrong) {
    if (!(value instanceof List)) wrong.add(file + ": tokens: expected a list");
    int i = 0;
    for (Object one : Json.list(value)) {
      String at = "%s: tokens.%d".formatted(file, i++);
      Map<String, @Nullable Object> token = Json.object(one);
      for (String name : token.keySet()) {
        if (!Set.of("role", "sha256", "namespaces", "name").contains(name)) {
          wrong.add("%s: there is no '%s'".formatted(at, name));
        }
      }
      Object namespaces = token.get("namespaces");
      // Nothing there means all of them: whoever wrote something else meant fewer.
      if (token.containsKey("namespaces") && (Json.strings(namespaces).isEmpty()
          || Json.strings(namespaces).size() < Json.list(namespaces).size())) {
        wrong.add(at + ".namespaces: expected a list of names; without it the token is for all");
      }
      String hash = Json.string(token, "sha256", "").toLowerCase(Locale.ROOT);
      if (!hash.matches("[0-9a-f]{64}")) wrong.add(at + ".sha256: expected the SHA-256 of a token in hex");
      Role role = switch (Json.string(token, "role", "")) {
        case "worker" -> Role.WORKER;
        case "operator" -> Role.OPERATOR;
        case "admin" -> Role.ADMIN;
        default -> null;
      };
      if (role == null) wrong.add(at + ".role: expected worker, operator or admin");
      else if (hash.length() == 64) listed.add(new Authority.Grant(hash, principal(role, token, hash)));
    }
  }

  private static Principal principal(Role role, Map<String, @Nullable Object> token, String hash) {
    Set<String> namespaces = Set.copyOf(Json.strings(token.get("namespaces")));
    String name = Json.string(token, "name", "");
    return name.isBlank() ? Principal.of(role, namespaces, hash) : new Principal(role, namespaces, name);
  }

  private static void environment(Map<String, String> environment, Map<String, Given> given, List<String> wrong) {
    Set<String> known = new HashSet<>(Set.of("PAWL_CONFIG", "PAWL_JAVA_HOME", "PAWL_MAVEN", "PAWL_NO_INSTALL"));
    for (Setting setting : Setting.ALL) {
      known.add(setting.variable());
      String own = environment.get(setting.variable());
      String alias = setting.alias() == null ? null : environment.get(setting.alias());
      if (own != null && alias != null && !own.equals(alias)) {
        wrong.add("%s and %s contradict each other".formatted(setting.variable(), setting.alias()));
      }
      String value = own != null ? own : alias;
      String source = own != null ? setting.variable() : String.valueOf(setting.alias());
      if (value != null) given.putIfAbsent(setting.name(), new Given(value, source));
    }
    for (String name : environment.keySet()) {
      if (name.startsWith("PAWL_") && !known.contains(name)) wrong.add("%s: there is no such setting".formatted(name));
    }
  }

  private static @Nullable Setting setting(String name) {
    return Setting.ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
  }

  // ---- checking

  private void check(List<String> wrong) {
    number(wrong, "port", 0, 65_535);
    number(wrong, "long-poll-seconds", 1, 60);
    number(wrong, "max-body-bytes", 1_024, 64 * 1024 * 1024);
    number(wrong, "max-unread-events", 1, 1_000_000);
    leases(wrong);
    for (String name : List.of("auth-backward-compatible", "migrate", "messages-after-first-task")) {
      if (!Set.of("true", "false")
          .contains(text(name))) wrong.add("%s: expected true or false, got '%s'".formatted(name, text(name)));
    }
    if (!text("database").matches("jdbc:(sqlite|postgresql|mariadb|mysql):.*")) {
      wrong.add("database: expected jdbc:sqlite:, jdbc:postgresql: or jdbc:mariadb:, got '%s'".formatted(text("database")));
    }
    if ((find("tls-certificate") == null) != (find("tls-key") == null)) {
      wrong.add("tls-certificate and tls-key: expected both or neither");
    }
    String redis = find("redis");
    if (redis != null && !redis.matches("rediss?://.+")) {
      wrong.add("redis: expected redis://host:port or rediss://host:port");
    }
    if (text("redis-channel").length() > 100) wrong.add("redis-channel: expected at most 100 characters");
    if (redis != null && text("database").startsWith("jdbc:sqlite:")) {
      wrong.add("redis: SQLite serves one node, which has nobody to tell");
    }
    if ((find("s3-access-key") == null) != (find("s3-secret-key") == null)) {
      wrong.add("s3-access-key and s3-secret-key: expected both or neither");
    }
    if (find("s3-session-token") != null && find("s3-secret-key") == null) {
      wrong.add("s3-session-token: there is no s3-access-key that it belongs to");
    }
    if (text("database").startsWith("jdbc:sqlite:")
        && (find("database-user") != null || find("database-password") != null)) {
      wrong.add("database-user and database-password: SQLite knows no users");
    }
    String endpoint = find("s3-endpoint");
    if (endpoint != null && !endpoint.matches("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")) {
      wrong.add("s3-endpoint: expected https://host, got '%s'".formatted(endpoint));
    }
    String tracker = find("ticket-tracker");
    if (tracker != null && !tracker.matches("https?://[^\\s{}]+\\{ticket}[^\\s{}]*")) {
      wrong.add("ticket-tracker: expected an address like https://tracker/tickets/{ticket}, got '%s'".formatted(tracker));
    }
    if (tracker == null && find("ticket-tracker-token") != null) {
      wrong.add("ticket-tracker-token: there is no ticket-tracker to show it to");
    }
    String driver = text("auth");
    boolean tokens = find("worker-token") != null || find("operator-token") != null || find("admin-token") != null
        || find("auth-token") != null || !listed.isEmpty();
    boolean keys = keys().size() > 0;
    switch (driver) {
      case "none" -> {
        if (tokens || keys) wrong.add("auth is none, but tokens or keys are given");
      }
      case "token" -> {
        if (keys) wrong.add("auth is token, but a signature-key is given");
      }
      case "signature" -> {
        if (tokens) wrong.add("auth is signature, but tokens are given");
        if (!keys) wrong.add("auth is signature, but no key is given");
      }
      default -> wrong.add("auth: expected none, token or signature, got '%s'".formatted(driver));
    }
    distinct(wrong);
  }

  /** A secret has one meaning: the role of whoever shows it must not depend on where it is looked for first. */
  private void distinct(List<String> wrong) {
    Map<String, String> owners = new HashMap<>();
    for (String name : List.of("worker-token", "operator-token", "admin-token", "auth-token", "worker-signature-key",
        "operator-signature-key", "admin-signature-key", "signature-key")) {
      String secret = Set.of("auth-token", "signature-key").contains(name) ? shared(name) : find(name);
      if (secret != null) distinct(owners, Secrets.hash(secret), name, wrong);
    }
    for (Authority.Grant grant : listed) {
      distinct(owners, grant.hash(), "tokens (%s)".formatted(grant.principal().name()), wrong);
    }
  }

  private static void distinct(Map<String, String> owners, String hash, String name, List<String> wrong) {
    String owner = owners.putIfAbsent(hash, name);
    if (owner != null) wrong.add("%s and %s are the same secret: each needs one of its own".formatted(owner, name));
  }

  private void leases(List<String> wrong) {
    int before = wrong.size();
    for (String name : List.of("heartbeat-interval-ms", "lease-timeout-ms", "self-fence-margin-ms", "takeover-poll-ms",
        "wait-recheck-ms")) {
      number(wrong, name, 0, Integer.MAX_VALUE);
    }
    if (wrong.size() > before) return;
    try {
      leases();
    } catch (RejectedException broken) {
      wrong.add(broken.rejection().message());
    }
  }

  private void number(List<String> wrong, String name, long least, long most) {
    try {
      long value = Long.parseLong(text(name));
      if (value >= least && value <= most) return;
    } catch (NumberFormatException e) {
      // said below
    }
    wrong.add("%s: expected a number from %d to %d, got '%s'".formatted(name, least, most, text(name)));
  }

  private @Nullable String find(String name) {
    Given it = given.get(name);
    return it == null || it.value().isEmpty() ? null : it.value();
  }

  private String text(String name) {
    Given it = given.get(name);
    return it == null ? "" : it.value();
  }

  // ---- what it comes to

  /** Where tickets are looked up, with {@code {ticket}} in it; null: nowhere. */
  public @Nullable String ticketTracker() {
    return find("ticket-tracker");
  }

  public @Nullable String ticketTrackerToken() {
    return find("ticket-tracker-token");
  }

  /** The address of the database with everything that is needed to connect. */
  public String database() {
    StringBuilder address = new StringBuilder(text("database"));
    for (String name : List.of("user", "password")) {
      String value = find("database-" + name);
      if (value == null) continue;
      address.append(address.indexOf("?") < 0 ? '?' : '&').append(name).append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
    return address.toString();
  }

  public boolean migrate() {
    return text("migrate").equals("true");
  }

  /** Where hints go; null: nowhere. */
  public @Nullable String redis() {
    return find("redis");
  }

  public String redisChannel() {
    return text("redis-channel");
  }

  public String host() {
    return text("host");
  }

  public int port() {
    return Integer.parseInt(text("port"));
  }

  public @Nullable String tlsCertificate() {
    return find("tls-certificate");
  }

  public @Nullable String tlsKey() {
    return find("tls-key");
  }

  public String namespace() {
    return text("namespace").toLowerCase(Locale.ROOT);
  }

  public String serverId() {
    String named = find("server-id");
    if (named != null) return named;
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "pawl";
    }
  }

  public Duration longPoll() {
    return Duration.ofSeconds(Long.parseLong(text("long-poll-seconds")));
  }

  public int maxBody() {
    return Integer.parseInt(text("max-body-bytes"));
  }

  /** Events that the program of a run may not have looked at before messages to it are refused. */
  public int maxUnread() {
    return Integer.parseInt(text("max-unread-events"));
  }

  /**
   * How quickly dead workers are noticed.
   *
   * @throws RejectedException {@code BAD_CONFIGURATION}, UWER-5002, if they break the recovery bound or each other
   */
  public LeaseTimings leases() {
    return new LeaseTimings(millis("heartbeat-interval-ms"), millis("lease-timeout-ms"), millis("self-fence-margin-ms"),
        millis("takeover-poll-ms"), millis("wait-recheck-ms"));
  }

  private Duration millis(String name) {
    return Duration.ofMillis(Long.parseLong(text(name)));
  }

  /** A folder with contracts of payloads; null: none. */
  public @Nullable String contracts() {
    return find("contracts");
  }

  public boolean messagesAfterFirstTask() {
    return text("messages-after-first-task").equals("true");
  }

  private void readCarriers(Map<String, String> environment, List<String> wrong) {
    String file = find("external-executor-config");
    if (file == null) {
      if (find("external-executor-overlay") != null) wrong.add("external-executor-overlay: there is no file to lay it over");
      return;
    }
    try {
      carriers = CarrierFile.read(Files.readAllBytes(Path.of(file)), find("external-executor-overlay"), environment,
          namespace(), wrong);
    } catch (IOException e) {
      wrong.add("external-executor-config %s: it cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  /** Activities that this server carries out by calling somebody. */
  public CarrierPlan carriers() {
    return carriers;
  }

  /** Which stores of payloads this server may open. */
  public ExternalStorage.Access storage() {
    return new ExternalStorage.Access(find("storage-folder"), find("s3-endpoint"), text("s3-region"),
        find("s3-access-key"), find("s3-secret-key"), find("s3-session-token"));
  }

  public String auth() {
    return text("auth");
  }

  private List<Authority.Key> keys() {
    List<Authority.Key> byRole = new ArrayList<>();
    key(byRole, "worker-signature-key", Role.WORKER);
    key(byRole, "operator-signature-key", Role.OPERATOR);
    key(byRole, "admin-signature-key", Role.ADMIN);
    return Authority.roles(byRole, shared("signature-key"),
        (secret, role) -> new Authority.Key(secret, Principal.of(role, Set.of(), Secrets.hash(secret))));
  }

  private void key(List<Authority.Key> keys, String name, Role role) {
    String secret = find(name);
    if (secret != null) keys.add(new Authority.Key(secret, Principal.of(role, Set.of(), Secrets.hash(secret))));
  }

  private @Nullable String shared(String name) {
    return text("auth-backward-compatible").equals("true") ? find(name) : null;
  }

  /** Hashes of the tokens that are configured; empty: one has to be made up. */
  public List<Authority.Grant> tokens() {
    List<Authority.Grant> byRole = new ArrayList<>(listed);
    token(byRole, "worker-token", Role.WORKER);
    token(byRole, "operator-token", Role.OPERATOR);
    token(byRole, "admin-token", Role.ADMIN);
    return Authority.roles(byRole, shared("auth-token"), (secret, role) ->
        grant(secret, role));
  }

  private static Authority.Grant grant(String secret, Role role) {
    String hash = Secrets.hash(secret);
    return new Authority.Grant(hash, Principal.of(role, Set.of(), hash));
  }

  private void token(List<Authority.Grant> grants, String name, Role role) {
    String secret = find(name);
    if (secret != null) grants.add(grant(secret, role));
  }

  /** Who is let in, with {@code made} if no token is configured. */
  public Authority authority(List<Authority.Grant> made) {
    return switch (auth()) {
      case "none" -> new Authority.Nobody();
      case "signature" -> new Authority.Signatures(keys());
      default -> new Authority.Tokens(tokens().isEmpty() ? made : tokens());
    };
  }

  /** One line for each setting that has a value: what it is and where it came from. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Setting setting : Setting.ALL) {
      Given it = given.get(setting.name());
      if (it == null) continue;
      String shown = setting.secret() ? "(set, not shown)" : masked(it.value());
      lines.add("%-28s %s   (%s)".formatted(setting.name(), shown, it.source()));
    }
    for (Authority.Grant grant : listed) {
      lines.add("%-28s %s, %s".formatted("tokens", grant.principal().role().wire(),
          grant.principal().namespaces().isEmpty() ? "all namespaces" : grant.principal().namespaces()));
    }
    return lines;
  }

  /** Addresses of databases may hold a password. */
  static String masked(String value) {
    return value.replaceAll("(?i)(password|pwd)=[^&;]*", "$1=***").replaceAll("//([^/@:]*):[^/@]*@", "//$1:***@");
  }

  /** All there are, for the help text. */
  public static List<String> help() {
    List<String> lines = new ArrayList<>();
    for (Setting s : Setting.ALL) {
      lines.add("  --%-27s %s%s".formatted(s.name(), s.meaning(), s.absent() == null ? "" : " [" + s.absent() + "]"));
    }
    return lines;
  }
}
