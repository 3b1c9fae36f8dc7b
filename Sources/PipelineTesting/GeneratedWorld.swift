/// What generated incidents are made of: real codes, invented references.
enum GeneratedWorld {
  struct Force: Sendable {
    var source: String
    /// How its references begin.
    var prefix: String
    /// Current codes of areas that it polices.
    var areas: [String]
    /// Codes that were replaced; Somerset's and Buckinghamshire's districts, Barnsley, Sheffield.
    var formerAreas: [String]
  }

  static let forces: [Force] = [
    Force(
      source: "/police/metropolitan", prefix: "MPS",
      areas: [
        "E09000002", "E09000003", "E09000008", "E09000010", "E09000012", "E09000014", "E09000019", "E09000022",
        "E09000023", "E09000025", "E09000028", "E09000030", "E09000033",
      ], formerAreas: []),
    Force(source: "/police/city-of-london", prefix: "CLP", areas: ["E09000001"], formerAreas: []),
    Force(
      source: "/police/west-yorkshire", prefix: "WYP",
      areas: ["E08000032", "E08000033", "E08000034", "E08000035", "E08000036"], formerAreas: []),
    Force(
      source: "/police/south-yorkshire", prefix: "SYP",
      areas: ["E08000017", "E08000018", "E08000038", "E08000039"], formerAreas: ["E08000016", "E08000019"]),
    Force(
      source: "/police/greater-manchester", prefix: "GMP",
      areas: ["E08000001", "E08000003", "E08000006", "E08000010"], formerAreas: []),
    Force(
      source: "/police/merseyside", prefix: "MER", areas: ["E08000011", "E08000012", "E08000015"], formerAreas: []),
    Force(
      source: "/police/west-midlands", prefix: "WMP", areas: ["E08000025", "E08000026", "E08000031"], formerAreas: []),
    Force(
      source: "/police/thames-valley", prefix: "TVP",
      areas: ["E06000038", "E06000042", "E06000060", "E07000178"],
      formerAreas: ["E07000004", "E07000005", "E07000006", "E07000007"]),
    Force(
      source: "/police/avon-and-somerset", prefix: "ASP", areas: ["E06000023", "E06000024", "E06000066"],
      formerAreas: ["E07000187", "E07000188", "E07000189", "E07000246"]),
    Force(source: "/police/kent", prefix: "KNT", areas: ["E06000035", "E07000110", "E07000114"], formerAreas: []),
    Force(source: "/police/south-wales", prefix: "SWP", areas: ["W06000011", "W06000015"], formerAreas: []),
  ]

  /// Authorities that are none of the areas: in England, Wales, Scotland and Northern Ireland, and a former one.
  static let areasOutOfScope = [
    "E06000001", "E07000008", "W06000001", "S12000033", "N09000003", "E06000028", "E07000026",
  ]

  /// Output areas within London, which are placed, and outside, which are not.
  static let outputAreas = ["E01000001", "E01000005", "E01003013", "E01032740", "E01011229", "E01018765", "W01001234"]

  /// Offences with the weapons' part in mind: those that can be knife crime come often.
  static let codesOfTheSevenGroups = [
    "34A", "34B", "34B", "34B", "5D", "5D", "8N", "8N", "8N", "8P", "8S", "3B", "2", "1", "4.1", "4.2", "4.10",
    "19C", "19D", "19E", "19F", "19G", "19H", "17A", "17B", "20A", "20B",
  ]
  static let otherCodes = [
    "10C", "10D", "10D", "90", "3A", "5E", "36", "104", "105A", "10A", "10B", "81", "28E", "30C", "45",
  ]
  /// Well-formed, and in no table.
  static let unlistedCodes = ["999", "998Z", "777.77"]
  static let classes = [
    "police-uk:violence-and-sexual-offences", "police-uk:possession-of-weapons", "police-uk:robbery",
    "police-uk:burglary", "police-uk:anti-social-behaviour", "mps:knifeCrime", "mps:knifeCrimeWithInjury",
  ]
  static let unlistedClasses = ["police-uk:no-such-category", "nobody:knifeCrime"]

  static let weapons = ["knife", "knife", "knife", "otherBlade", "firearm", "other", "none", "unknown"]
  static let weaponUses = ["used", "used", "threatened", "threatened", "possessed", "none", "unknown"]
  static let injuries = ["none", "none", "minor", "serious", "fatal", "unknown"]
  static let ageBands = ["under18", "18-24", "25-34", "35-54", "55plus", "unknown"]
  static let tagKinds = [
    "curfewAbsence", "lateReturn", "exclusionEntry", "exclusionEntry", "inclusionExit", "restrictionBreach",
    "strapTamper", "equipmentTamper", "batteryLow", "batteryDead", "noSignal", "missedAppointment", "deviceNotFitted",
  ]
  static let mechanisms = ["bodyPart", "knife", "knife", "bottleOrGlass", "blunt", "firearm", "other", "unknown"]
  static let cancellationReasons = ["C1", "C2", "C3", "C4", "C5"]
  static let forceNames = ["Thames Valley", "West Yorkshire", "Kent", "Police Scotland"]
}
