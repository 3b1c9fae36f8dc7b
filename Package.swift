// swift-tools-version: 6.2
import PackageDescription

// Every target is built in the Swift 6 language mode with warnings as errors; the targets that touch C are also built
// under strict memory safety.
let ours: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
let touchingC: [SwiftSetting] = ours + [.strictMemorySafety()]

let package = Package(
  name: "Bellwether",
  products: [.executable(name: "bellwether", targets: ["bellwether"])],
  targets: [
    // Debian's libraries, and the one C++ shim.
    .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CXxhash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .target(
      name: "CSimdjson",
      cxxSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
      linkerSettings: [.linkedLibrary("simdjson")]),

    // The files of the page, compiled in.
    .target(name: "CPage", exclude: ["files"]),

    // The command line's own: it knows nothing of the others, nor they of it.
    .target(name: "Arguments", swiftSettings: ours),

    // A web server, which knows nothing of what is served.
    .target(name: "HTTPService", dependencies: ["CMicrohttpd"], swiftSettings: touchingC),

    // Imports point down only: each target may import the ones above it in this list.
    .target(name: "Incidents", swiftSettings: ours),
    .target(name: "Hotspots", dependencies: ["Incidents"], swiftSettings: ours),
    .target(
      name: "Wire", dependencies: ["Incidents", "Hotspots", "CSimdjson", "CSodium", "CXxhash"],
      swiftSettings: touchingC),
    .target(name: "Pipeline", dependencies: ["Incidents", "Hotspots", "Wire"], swiftSettings: ours),
    .target(name: "PublicData", dependencies: ["Incidents", "Wire"], swiftSettings: ours),
    .target(name: "SimulatedEvents", dependencies: ["Incidents", "Wire"], swiftSettings: ours),
    .target(name: "Demonstration", dependencies: ["Incidents", "Wire", "Pipeline"], swiftSettings: ours),
    .target(name: "KafkaLog", dependencies: ["Pipeline", "CRdkafka"], swiftSettings: touchingC),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: touchingC),
    .target(
      name: "Checkpoints", dependencies: ["Pipeline", "SQLite", "Wire", "Incidents"], swiftSettings: ours),
    .target(
      name: "Dashboard", dependencies: ["CPage", "HTTPService", "SQLite", "Pipeline", "Wire", "Hotspots", "Incidents"],
      swiftSettings: touchingC),
    .target(
      name: "PipelineTesting", dependencies: ["Pipeline", "Wire", "Hotspots", "Incidents"], swiftSettings: ours),
    // The commands; they alone wire things together. Two executables start them: the program, and the one that tests
    // reach into.
    .target(
      name: "Program",
      dependencies: [
        "Arguments", "Dashboard", "HTTPService", "SQLite", "Pipeline", "KafkaLog", "Checkpoints", "Wire", "Hotspots",
        "Incidents", "PublicData", "SimulatedEvents", "Demonstration",
      ],
      swiftSettings: ours),
    .executableTarget(name: "bellwether", dependencies: ["Program"], swiftSettings: ours),
    .executableTarget(
      name: "bellwether-testing", dependencies: ["Program", "Pipeline", "Incidents"], swiftSettings: ours),
    // A plain socket, for what no HTTP client would send.
    .target(name: "HTTPTesting", swiftSettings: ours),
    // Runs of the whole pipeline in memory, with everything going wrong that can; `ops/test` plays it.
    .executableTarget(name: "Simulation", dependencies: ["PipelineTesting"], swiftSettings: ours),
    // The seeded events of `ops/prove`, which sends them.
    .executableTarget(
      name: "ProofEvents", dependencies: ["PipelineTesting", "Pipeline", "Hotspots", "Incidents"], swiftSettings: ours),

    // What checkpoints cost and save, with a million live events.
    .executableTarget(
      name: "CheckpointMeasurement",
      dependencies: ["Checkpoints", "PipelineTesting", "Pipeline", "Wire", "Hotspots", "Incidents"], swiftSettings: ours
    ),

    .testTarget(
      name: "ArgumentsTests", dependencies: ["Arguments"], path: "Tests/Arguments", swiftSettings: ours),
    .testTarget(
      name: "IncidentsTests", dependencies: ["Incidents"], path: "Tests/Incidents", swiftSettings: ours),
    .testTarget(
      name: "HotspotsTests", dependencies: ["Hotspots", "Incidents"], path: "Tests/Hotspots", swiftSettings: ours),
    .testTarget(
      name: "WireTests", dependencies: ["Wire", "Hotspots", "Incidents"], path: "Tests/Wire", swiftSettings: ours),
    .testTarget(
      name: "PipelineTests", dependencies: ["Pipeline", "PipelineTesting", "Wire"], path: "Tests/Pipeline",
      swiftSettings: ours),
    .testTarget(
      name: "CheckpointsTests",
      dependencies: ["Checkpoints", "SQLite", "Pipeline", "PipelineTesting", "Wire", "Incidents"],
      path: "Tests/Checkpoints", swiftSettings: ours),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], path: "Tests/SQLite", swiftSettings: ours),
    .testTarget(
      name: "HTTPServiceTests", dependencies: ["HTTPService", "HTTPTesting"], path: "Tests/HTTPService",
      swiftSettings: ours),
    .testTarget(
      name: "DashboardTests", dependencies: ["Dashboard", "HTTPService", "HTTPTesting", "PipelineTesting", "SQLite"],
      path: "Tests/Dashboard",
      swiftSettings: ours),
    .testTarget(
      name: "PublicDataTests", dependencies: ["PublicData", "Wire", "Incidents"], path: "Tests/PublicData",
      swiftSettings: ours),
    .testTarget(
      name: "SimulatedEventsTests", dependencies: ["SimulatedEvents", "Wire", "Incidents"],
      path: "Tests/SimulatedEvents", swiftSettings: ours),
    .testTarget(
      name: "DemonstrationTests", dependencies: ["Demonstration", "Pipeline", "Wire", "Incidents"],
      path: "Tests/Demonstration", swiftSettings: ours),
    .testTarget(
      name: "BrokerTests", dependencies: ["KafkaLog", "Pipeline", "PipelineTesting", "SQLite", "Wire", "CRdkafka"],
      path: "Tests/Broker", swiftSettings: ours),
  ],
  // For `#embed`.
  cLanguageStandard: .c2x,
  cxxLanguageStandard: .cxx20
)
