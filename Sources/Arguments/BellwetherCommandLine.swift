/// What the program can be asked to do.
public enum Action: Hashable, Sendable {
  case run
  case topicsPlan, topicsApply, topicsCheck
  case status, doctor, verify
  case configurationCheck, configurationApply
  case releaseApply
  case importPoliceUK
  case simulate
  case demo
  case validate, send
  case rejectionsList, rejectionsRetry
}

/// A part of the pipeline that one process can run.
public enum Role: String, CaseIterable, Hashable, Sendable {
  case ingest, fold, serve
}

/// What becomes of a stopped service's partitions.
public enum StopManner: String, CaseIterable, Hashable, Sendable {
  /// They are kept for its return, for as long as a session lasts: for a restart.
  case stay
  /// Others get them at once: for scaling down.
  case leave
}

/// The options, each with its type: `invocation[Options.roles]`.
public enum Options {
  public static let bootstrapServers = Option<String>.text(
    "bootstrap-servers", value: "HOST:PORT,…", "Brokers to begin with", shownDefault: "127.0.0.1:9092",
    check: { text throws(ValueError) in try BootstrapServers.check(text) }, fallback: { _ in "127.0.0.1:9092" })
  public static let prefix = Option<String>.text(
    "prefix", value: "PREFIX", "Put before the name of every topic and group", shownDefault: "none",
    check: { text throws(ValueError) in try KafkaName.check(text) }, fallback: { _ in "" })
  public static let stateDirectory = Option<String>.text(
    "state-dir", value: "DIR", "Where this instance keeps its files",
    shownDefault: "${XDG_STATE_HOME:-~/.local/state}/bellwether", completion: .directories,
    check: { text throws(ValueError) in if text.isEmpty { throw ValueError("the name of a directory is empty") } },
    fallback: { $0.stateDirectory })
  public static let instance = Option<String>.text(
    "instance", value: "NAME", "Name of this instance: one at a time may use it", shownDefault: "the host's name",
    check: { text throws(ValueError) in
      if text.isEmpty { throw ValueError("the name of an instance is empty") }
      try KafkaName.check(text)
    },
    fallback: { $0.hostName })
  public static let configuration = Option<String?>.file("config", "Settings that counts depend on, JSON with comments")
  public static let properties = Option<[Property]>.properties("X", "Any property of librdkafka")
  public static let json = Option<Bool>.flag("json", "Print for machines")

  public static let roles = Option<Set<Role>>.choices("roles", value: "ROLE,…", "What this process does")
  public static let untilCaughtUp = Option<Bool>.flag(
    "until-caught-up", "Stop when all that the inputs held at the start has been ingested, folded and published")
  public static let onStop = Option<StopManner>.choice(
    "on-stop", "Keep its partitions for a restart, or leave them to others at once (as SIGUSR1 does)", fallback: .stay)
  public static let checkpointInterval = Option<Int>.number(
    "checkpoint-interval", value: "SECONDS", "From one checkpoint to the next; 0 for none", in: 0...86_400,
    fallback: 10)
  public static let repair = Option<Bool>.flag("repair", "Put lost offsets back from what progress says of them")
  public static let listen = Option<String?>.text(
    "listen", value: "HOST:PORT", "Where to answer HTTP: a loopback address, port 0 for any",
    shownDefault: "127.0.0.1:8080 with the role serve, else nowhere",
    check: { text throws(ValueError) in
      guard LoopbackAddress.isOne(text) else {
        throw ValueError("no loopback address with a port: nothing else is listened on until there are keys")
      }
    })
  public static let noPage = Option<Bool>.flag("no-page", "Serve the API alone, without the page")
  public static let to = Option<String?>.file("to", "Write events to this file, one a line, instead of to the broker")
}

extension CommandTable where Action == Arguments.Action {
  /// The command line of `bellwether`.
  public static var bellwether: CommandTable {
    CommandTable(
      program: "bellwether",
      summary: "an exactly-once, event-sourced processor of knife-crime events: exact counts per borough over rolling "
        + "windows, from Kafka to Kafka.",
      commands: [
        Command(
          "run", "Run the service", action: .run,
          options: [
            Options.roles.declaration, Options.untilCaughtUp.declaration, Options.onStop.declaration,
            Options.checkpointInterval.declaration, Options.listen.declaration, Options.noPage.declaration,
          ],
          discussion: "SIGINT and SIGTERM stop it as --on-stop says; SIGUSR1 always leaves, and so does "
            + "--until-caught-up at its end. A second signal ends it where it stands, which loses nothing either."),
        Command(
          "topics", "Compare the topics with what they should be, or create them",
          [
            Command("plan", "Say what apply would do; changes nothing", action: .topicsPlan),
            Command(
              "apply", "Create what is missing, give birth to the journal, commit the first offsets",
              action: .topicsApply, discussion: "Applying twice changes nothing."),
            Command(
              "check", "Compare the topics with what they should be", action: .topicsCheck,
              discussion: "Names each drift; the exit code is 1 when there is one."),
          ]),
        Command(
          "config", "Look at the settings that counts depend on, or change them",
          [
            Command("check", "Read the file of --config and name what is wrong with it", action: .configurationCheck),
            Command(
              "apply", "Make the file of --config the journal's settings from here on", action: .configurationApply,
              discussion: "The change is written into the journal, so that a replay has it where it was. Applying the "
                + "same settings again changes nothing."),
          ]),
        Command(
          "release", "Upgrade the fold",
          [
            Command(
              "apply", "Let this program's release of the fold publish from here on", action: .releaseApply,
              discussion: "To be run by the newer program, best while its `run` waits beside the older one: that "
                + "publishes what lies before, leaves, and the newer one takes over. What no longer holds by the new "
                + "rules is withdrawn, what is new is raised.")
          ]),
        Command(
          "status", "Show owners, positions, lag and verdicts per topic", action: .status,
          options: [Options.source.declaration],
          discussion:
            "The exit code is 1 when a record is missing or has two verdicts. The age of a checkpoint is known "
            + "of the instances that keep their files below this machine's --state-dir. With --source: what of that "
            + "source arrived, what was refused and why, and since when nothing came; the exit code is 1 when nothing "
            + "is known of it."),
        Command(
          "doctor", "Say what is wrong, and what to do about it",
          action: .doctor, options: [Options.repair.declaration],
          discussion:
            "Changes nothing without --repair, and with it only offsets that a group has lost. The exit code is "
            + "4 while an offset is missing or a partition is parked, and 1 when anything else is wrong."),
        Command(
          "verify", "Fold the journal anew and compare everything that was published", action: .verify,
          discussion:
            "Runs beside the live service and touches nothing. Names the first difference; the exit code is 1 "
            + "when there is one."),
        Command(
          "import", "Turn published files into events",
          [
            Command(
              "police-uk", "Import street-level files of data.police.uk (CSV)", action: .importPoliceUK,
              options: [Options.to.declaration], operands: .files(name: "FILE"),
              discussion:
                "Each row becomes an incident of its month. Importing a file again changes nothing. Rows that "
                + "cannot be read are named with what to do about them; the others go on, and the exit code is 1.")
          ]),
        Command(
          "demo", "Show everything at work in one process, with a broker of its own", action: .demo,
          options: [
            Options.seed.declaration, Options.rate.declaration, Options.plain.declaration,
            Options.duration.declaration, Options.noPage.declaration,
          ],
          discussion:
            "Imports four simulated weeks at speed and goes on live. In one area a hotspot is injected, of which a signal "
            + "must come. The broker listens on 127.0.0.1 and keeps everything in memory; it proves nothing. `q` or "
            + "Control-C quits. With --for the exit code is 1 when something was not as it should be."),
        Command(
          "simulate", "Make events up, in the numbers that are published", action: .simulate,
          options: [
            Options.seed.declaration, Options.from.declaration, Options.days.declaration, Options.rate.declaration,
            Options.scale.declaration, Options.poison.declaration, Options.hotspots.declaration,
            Options.to.declaration,
          ],
          discussion:
            "Incidents, tag breaches and hospital events of the 183 areas in the order of their arrival, sent to their "
            + "three topics or written to one file. The same options give the same bytes. How many, where and how late "
            + "they are recorded is as published; everything else is assumed, and nobody in it is real."),
        Command(
          "validate", "Say of events in files what ingest would say of them", action: .validate,
          options: [Options.topic.declaration], operands: .files(name: "FILE"),
          discussion:
            "One CloudEvent a line in structured mode; - is standard input. Needs no broker. Each row that would be "
            + "refused is named with its line, code, member, reason and what to change; the exit code is 1 when there "
            + "is one. The topic follows from the event's type; with --config sources are looked up in its registry."),
        Command(
          "send", "Send events in files to their topics", action: .send,
          options: [Options.topic.declaration, Options.unchecked.declaration], operands: .files(name: "FILE"),
          discussion:
            "One CloudEvent a line in structured mode; - is standard input. Rows are validated first, and those that "
            + "would be refused are named and not sent; the exit code is 1 then. Every row sent is acknowledged by all "
            + "replicas. Interrupted, the same command goes on where it was (standard input aside); sending a row twice "
            + "only makes a duplicate, which changes no count."),
        Command(
          "rejections", "Look at rows that were refused, or send them again",
          [
            Command(
              "list", "List refused rows, the newest first", action: .rejectionsList,
              options: [
                Options.source.declaration, Options.code.declaration, Options.topic.declaration,
                Options.since.declaration, Options.limit.declaration, Options.oldestFirst.declaration,
                Options.show.declaration,
              ],
              discussion:
                "Rejections are kept for 30 days. --show needs the right to read the input, and prints what may be "
                + "personal data."),
            Command(
              "retry", "Send refused rows again whose reason has gone", action: .rejectionsRetry,
              options: [
                Options.source.declaration, Options.code.declaration, Options.topic.declaration,
                Options.since.declaration, Options.dryRun.declaration,
              ],
              discussion:
                "After a source was registered, say. Each row is validated again by the journal's settings of today and, "
                + "if it would be taken, sent again to its partition with its key and headers, in order and at most "
                + "once, however often this runs and wherever it is killed."),
          ]),
      ],
      commonOptions: [
        Options.bootstrapServers.declaration, Options.prefix.declaration, Options.stateDirectory.declaration,
        Options.instance.declaration, Options.configuration.declaration, Options.properties.declaration,
        Options.json.declaration,
      ])
  }
}

/// What Kafka takes in the names of topics, groups and instances: letters, digits, `.`, `_`, `-`, at most 249 in all, of
/// which the program's own parts need some.
enum KafkaName {
  static let longest = 180

  static func check(_ text: String) throws(ValueError) {
    guard text.utf8.count <= longest else { throw ValueError("longer than \(longest) letters") }
    let isFit = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isFit else { throw ValueError("only letters, digits, \".\", \"_\" and \"-\" are allowed") }
  }
}

/// An address of this machine alone, and a port: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`.
enum LoopbackAddress {
  static func isOne(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...]) != nil else { return false }
    let host = text[..<colon]
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
  }
}

/// A list of brokers: `host`, `host:port` or `[IPv6]:port`, separated by commas.
enum BootstrapServers {
  static func check(_ text: String) throws(ValueError) {
    for server in text.split(separator: ",", omittingEmptySubsequences: false) {
      let (host, port) = split(server)
      guard !host.isEmpty, !host.contains(where: { $0 == " " || $0 == "/" }),
        host.hasPrefix("[") == host.hasSuffix("]")
      else {
        throw ValueError("\"\(server)\" names no host; write HOST:PORT, several separated by commas")
      }
      guard let port else { continue }
      guard let number = UInt16(port), number > 0 else {
        throw ValueError("\"\(server)\" has no port from 1 to 65535")
      }
    }
  }

  private static func split(_ server: Substring) -> (host: Substring, port: Substring?) {
    let afterAddress = server.hasPrefix("[") ? server.firstIndex(of: "]") : server.startIndex
    guard let afterAddress, let colon = server[afterAddress...].lastIndex(of: ":") else { return (server, nil) }
    return (server[..<colon], server[server.index(after: colon)...])
  }
}
