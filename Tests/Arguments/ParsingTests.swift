import Testing

@testable import Arguments

private let table = CommandTable<Arguments.Action>.bellwether
private let bare = Surroundings(environment: ["HOME": "/home/someone"], hostName: "host-7")

private func parse(
  _ line: String, _ environment: [String: String] = [:]
) throws(UsageError) -> Request<Arguments.Action> {
  let surroundings = Surroundings(
    environment: bare.environment.merging(environment) { $1 }, hostName: bare.hostName)
  return try table.parse(line.split(separator: " ").map(String.init), in: surroundings)
}

private func invocation(
  _ line: String, _ environment: [String: String] = [:]
) throws -> Invocation<Arguments.Action> {
  guard case .perform(let invocation) = try parse(line, environment) else {
    throw UsageError("not a command: \(line)")
  }
  return invocation
}

/// The error of a line; the test fails when the line is understood.
private func refusal(_ line: String, _ environment: [String: String] = [:]) -> UsageError? {
  do throws(UsageError) {
    let request = try parse(line, environment)
    Issue.record("understood: \(line) as \(request)")
    return nil
  } catch {
    return error
  }
}

@Suite struct ParsingTests {
  @Test(arguments: [
    ("run", Action.run), ("topics plan", .topicsPlan), ("topics apply", .topicsApply), ("topics check", .topicsCheck),
    ("status", .status), ("import police-uk a.csv", .importPoliceUK), ("simulate", .simulate),
    ("demo", .demo),
    ("validate - a.ndjson --topic hospital", .validate), ("send a.ndjson --unchecked", .send),
    ("rejections list --show --limit 0 --oldest-first --since 7d", .rejectionsList),
    ("rejections retry --source /x --code unknownSource --dry-run", .rejectionsRetry), ("status --source /x", .status),
  ])
  func eachCommandIsUnderstood(line: String, action: Action) throws {
    #expect(try invocation(line).action == action)
  }

  @Test func defaults() throws {
    let run = try invocation("run")
    #expect(run[Options.bootstrapServers] == "127.0.0.1:9092")
    #expect(run[Options.prefix] == "")
    #expect(run[Options.stateDirectory] == "/home/someone/.local/state/bellwether")
    #expect(run[Options.instance] == "host-7")
    #expect(run[Options.configuration] == nil)
    #expect(run[Options.properties] == [])
    #expect(run[Options.json] == false)
    #expect(run[Options.roles] == [.ingest, .fold, .serve])
    #expect(run[Options.untilCaughtUp] == false)
    #expect(try invocation("import police-uk a.csv")[Options.to] == nil)
  }

  @Test func simulationsHaveNumbersDaysAndHotspots() throws {
    let plain = try invocation("simulate")
    #expect(plain[Options.seed] == 1 && plain[Options.from] == "2026-02-01" && plain[Options.days] == 28)
    #expect(plain[Options.rate] == nil && plain[Options.scale] == 1 && plain[Options.poison] == 0.5)
    let full = try invocation(
      "simulate --seed 18446744073709551615 --rate 2.5 --poison 0 --hotspot E09000022,2026-02-10,7,4 --hotspot a,b,1,1")
    #expect(full[Options.seed] == .max && full[Options.rate] == 2.5 && full[Options.poison] == 0)
    #expect(full[Options.hotspots].map(\.area) == ["E09000022", "a"])
    #expect(full[Options.hotspots].map(\.factor) == [4, 1])
    for mistake in [
      "--seed -1", "--days 0", "--days 36601", "--rate 0", "--rate fast", "--rate inf", "--rate nan", "--scale 1001",
      "--rate 0.0009", "--rate 1e-300", "--poison 101", "--hotspot E09000022,2026-02-10,7", "--hotspot a,b,0,2",
      "--hotspot a,b,1,0.5",
    ] {
      #expect(refusal("simulate \(mistake)") != nil, "\(mistake)")
    }
  }

  @Test func aDemonstrationEndsAfterItsTime() throws {
    #expect(try invocation("demo")[Options.duration] == nil)
    #expect(try invocation("demo --plain --for 60s")[Options.duration] == .seconds(60))
    #expect(try invocation("demo --for 2h")[Options.duration] == .seconds(7_200))
    for mistake in ["60", "s", "0s", "-1m", "1.5m", "1d", "100001h"] {
      #expect(refusal("demo --for=\(mistake)") != nil, "\(mistake)")
    }
  }

  @Test func stateDirectoryFollowsTheEnvironment() throws {
    #expect(try invocation("run", ["XDG_STATE_HOME": "/var/state"])[Options.stateDirectory] == "/var/state/bellwether")
    // The XDG specification: relative paths are invalid and ignored.
    #expect(
      try invocation("run", ["XDG_STATE_HOME": "state"])[Options.stateDirectory]
        == "/home/someone/.local/state/bellwether")
    #expect(try invocation("run", ["HOME": ""])[Options.stateDirectory] == "/var/lib/bellwether")
    #expect(
      try invocation("run --state-dir /tmp/s", ["BELLWETHER_STATE_DIR": "/tmp/t"])[Options.stateDirectory] == "/tmp/s")
  }

  @Test(arguments: [
    "run --bootstrap-servers a:1,b:2 --prefix t. --json --roles fold -X debug=all --until-caught-up",
    "run --bootstrap-servers=a:1,b:2 --prefix=t. --json --roles=fold -Xdebug=all --until-caught-up",
    "--json --until-caught-up --bootstrap-servers a:1,b:2 -X debug=all --roles fold run --prefix t.",
    "run --prefix x --bootstrap-servers a:1,b:2 --prefix t. --json --json --roles fold -X debug=all --until-caught-up",
  ])
  func optionsInEverySpellingAndPlace(line: String) throws {
    let run = try invocation(line)
    #expect(run.action == .run)
    #expect(run[Options.bootstrapServers] == "a:1,b:2")
    #expect(run[Options.prefix] == "t.")
    #expect(run[Options.json])
    #expect(run[Options.roles] == [.fold])
    #expect(run[Options.properties] == [Property(name: "debug", value: "all")])
    #expect(run[Options.untilCaughtUp])
  }

  @Test func propertiesAreKeptInOrderAndMayHoldEqualsSigns() throws {
    let run = try invocation("run -X a=1 -X b=c=d -X a= -X e=-5")
    #expect(run[Options.properties].map(\.name) == ["a", "b", "a", "e"])
    #expect(run[Options.properties].map(\.value) == ["1", "c=d", "", "-5"])
  }

  @Test func operands() throws {
    let found = try invocation("import police-uk a.csv --to out.ndjson b.csv -- --odd.csv")
    #expect(found.operands == ["a.csv", "b.csv", "--odd.csv"])
    #expect(found[Options.to] == "out.ndjson")
    #expect(try invocation("import police-uk -").operands == ["-"])
  }

  @Test func theCommandLineWinsOverTheEnvironment() throws {
    let environment = [
      "BELLWETHER_BOOTSTRAP_SERVERS": "env:1", "BELLWETHER_PREFIX": "env.", "BELLWETHER_INSTANCE": "env-1",
      "BELLWETHER_JSON": "yes", "BELLWETHER_ROLES": "ingest", "BELLWETHER_CONFIG": "env.json",
      "BELLWETHER_X": "a=env\nb=env", "BELLWETHER_UNTIL_CAUGHT_UP": "0",
    ]
    let fromEnvironment = try invocation("run", environment)
    #expect(fromEnvironment[Options.bootstrapServers] == "env:1")
    #expect(fromEnvironment[Options.prefix] == "env.")
    #expect(fromEnvironment[Options.instance] == "env-1")
    #expect(fromEnvironment[Options.json])
    #expect(fromEnvironment[Options.roles] == [.ingest])
    #expect(fromEnvironment[Options.configuration] == "env.json")
    #expect(fromEnvironment[Options.untilCaughtUp] == false)
    #expect(fromEnvironment[Options.properties].map(\.value) == ["env", "env"])

    let fromLine = try invocation("run --bootstrap-servers line:1 --prefix line. --roles fold -X a=line", environment)
    #expect(fromLine[Options.bootstrapServers] == "line:1")
    #expect(fromLine[Options.prefix] == "line.")
    #expect(fromLine[Options.roles] == [.fold])
    // The last of a name is meant: here the command line's.
    #expect(fromLine[Options.properties].last == Property(name: "a", value: "line"))
    #expect(fromLine[Options.properties].count == 3)
  }

  @Test func anEmptyVariableSaysNothing() throws {
    let run = try invocation("run", ["BELLWETHER_BOOTSTRAP_SERVERS": "", "BELLWETHER_ROLES": ""])
    #expect(run[Options.bootstrapServers] == "127.0.0.1:9092")
    #expect(run[Options.roles] == [.ingest, .fold, .serve])
  }

  @Test func aVariableOfAnotherCommandIsNoError() throws {
    #expect(try invocation("status", ["BELLWETHER_ROLES": "nonsense", "BELLWETHER_TEST": "1"]).action == .status)
  }
}

@Suite struct RefusalTests {
  @Test(arguments: [
    ("runn", "unknown command: \"runn\" is not known; did you mean \"run\"?"),
    ("urn", "unknown command: \"urn\" is not known; did you mean \"run\"?"),
    ("stat", "unknown command: \"stat\" is not known; did you mean \"status\"?"),
    (
      "frobnicate",
      "unknown command: \"frobnicate\" is not known; one of: run, topics, config, release, status, doctor, verify, import, demo, simulate, validate, send, rejections, help, completions"
    ),
    ("topics aply", "unknown topics command: \"aply\" is not known; did you mean \"apply\"?"),
    ("import police_uk a", "unknown import command: \"police_uk\" is not known; did you mean \"police-uk\"?"),
    ("help topcis", "unknown command: \"topcis\" is not known; did you mean \"topics\"?"),
    ("runn --nonsense", "unknown command: \"runn\" is not known; did you mean \"run\"?"),
    ("run --role fold", "unknown option: --role; did you mean --roles?"),
    ("run --bootstrap-server=a:1", "unknown option: --bootstrap-server; did you mean --bootstrap-servers?"),
    ("--jsn run", "unknown option: --jsn; did you mean --json?"),
    ("run --until", "unknown option: --until; did you mean --until-caught-up?"),
    ("run --frobnicate", "unknown option: --frobnicate"),
    ("run -q", "unknown option: -q"),
    ("status --too x", "unknown option: --too"),
    ("status --roles fold", "bellwether status takes no --roles"),
    ("run extra", "bellwether run takes no \"extra\""),
    ("import police-uk", "bellwether import police-uk needs at least one FILE"),
    ("topics", "bellwether topics needs one of: plan, apply, check"),
    ("", "no command was given"),
    ("run --json=yes", "--json takes no value"),
    ("run --prefix", "--prefix needs a value (PREFIX)"),
    ("run --prefix --json", "--prefix needs a value (PREFIX)"),
    ("run --roles", "--roles needs a value (ROLE,…)"),
    ("run --roles fould", "--roles: \"fould\" is not known; did you mean \"fold\"?"),
    ("run --roles=", "--roles: \"\" is not known; one of: ingest, fold, serve"),
    ("run -X debug", "-X: not of the form name=value"),
    ("run -X =all", "-X: not of the form name=value"),
    ("run --prefix a/b", "--prefix: only letters, digits, \".\", \"_\" and \"-\" are allowed"),
    ("run --instance=", "--instance: the name of an instance is empty"),
    ("run --state-dir=", "--state-dir: the name of a directory is empty"),
    ("run --config=", "--config: the name of a file is empty"),
    ("completions", "bellwether completions needs one of: bash, zsh, fish"),
    ("completions bsh", "unknown shell: \"bsh\" is not known; did you mean \"bash\"?"),
  ])
  func eachMistakeIsNamed(line: String, reason: String) {
    let refusal = refusal(line)
    #expect(refusal?.reason == reason)
    #expect(refusal?.exitCode.rawValue == 2)
  }

  @Test(arguments: ["", ":9092", "a:0", "a:65536", "a:b", "a:1,,b:1", "a:1,", "a b:1", "http://a:1", "[::1"])
  func badServers(servers: String) {
    #expect(refusal("run --bootstrap-servers=\(servers.replacing(" ", with: "/"))") != nil)
  }

  @Test(arguments: ["a", "a:1", "a:65535,b", "127.0.0.1:9092", "[::1]:9092", "[::1]"])
  func goodServers(servers: String) throws {
    #expect(try invocation("run --bootstrap-servers \(servers)")[Options.bootstrapServers] == servers)
  }

  @Test func aLongNameIsRefused() throws {
    #expect(try invocation("run --prefix \(String(repeating: "p", count: 180))")[Options.prefix].count == 180)
    #expect(refusal("run --prefix \(String(repeating: "p", count: 181))") != nil)
  }

  @Test func aBadVariableIsNamed() {
    #expect(
      refusal("run", ["BELLWETHER_JSON": "maybe"])?.reason == "BELLWETHER_JSON: neither true nor false")
    #expect(refusal("run", ["BELLWETHER_X": "a=1\nb"])?.reason == "BELLWETHER_X: not of the form name=value")
  }

  @Test func noPropertyIsRepeated() {
    // It may be a password typed without its name.
    #expect(refusal("run -X swordfish")?.description.contains("swordfish") == false)
  }

  @Test func adviceSaysWhereAnOptionBelongs() {
    #expect(refusal("status --to x")?.advice == "it belongs to: bellwether import police-uk, bellwether simulate")
    #expect(refusal("run --prefix --json")?.advice == "a value that begins with a dash is written --prefix=VALUE")
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("run", "run", 0), ("run", "urn", 1), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ("RUN", "run", 0),
  ])
  func distances(a: String, b: String, distance: Int) {
    #expect(NearestName.distance(a, b) == distance)
    #expect(NearestName.distance(b, a) == distance)
  }

  @Test func nothingIsNearToEverything() {
    #expect(NearestName.of("x", among: ["run", "status"]) == nil)
    #expect(NearestName.of("anything", among: []) == nil)
  }
}
