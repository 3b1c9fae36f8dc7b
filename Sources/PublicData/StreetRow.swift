/// Where the columns that matter stand in a file of data.police.uk, by the names in its header.
struct StreetColumns {
  var crimeID, month, reportedBy, longitude, latitude, lsoaCode, lsoaName, category: Int
  /// How many columns a row must have.
  var count: Int

  /// Why a header does not do: the reason.
  struct Missing: Error {
    var reason: String
  }

  init(header: [String]) throws(Missing) {
    let names = header.map { $0.trimmed }
    func place(_ name: String) throws(Missing) -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw Missing(reason: "The header has no column \"\(name)\".")
      }
      guard names.lastIndex(of: name) == place else { throw Missing(reason: "The header has \"\(name)\" twice.") }
      return place
    }
    crimeID = try place("Crime ID")
    month = try place("Month")
    reportedBy = try place("Reported by")
    longitude = try place("Longitude")
    latitude = try place("Latitude")
    lsoaCode = try place("LSOA code")
    lsoaName = try place("LSOA name")
    category = try place("Crime type")
    count = names.count
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// Names of forces and categories as they stand in events.
enum StreetNames {
  /// Lower case, words joined with hyphens: `Violence and sexual offences` → `violence-and-sexual-offences`.
  static func hyphenated(_ label: String) -> String { words(label).joined(separator: "-") }

  /// The CloudEvents source of a force: its name without Police, Service, Constabulary. Nil when nothing is left.
  /// `City of London Police` → `/police/city-of-london`, `Metropolitan Police Service` → `/police/metropolitan`,
  /// `Police Service of Northern Ireland` → `/police/northern-ireland`.
  static func source(ofForce name: String) -> String? {
    var words = words(name)[...]
    if words.starts(with: ["police", "service", "of"]) { words.removeFirst(3) }
    while let last = words.last, ["police", "service", "constabulary"].contains(last) { words.removeLast() }
    return words.isEmpty ? nil : "/police/" + words.joined(separator: "-")
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().replacing("&", with: " and ").split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .map(String.init)
  }
}

/// Where a row says that something happened.
enum StreetPlace: Hashable {
  case area(String)
  /// An LSOA whose authority we do not know by name: the code is sent as it is.
  case lsoa(String)
  case unknown

  /// As the `location` of an event. The codes hold letters and digits only.
  var json: String {
    switch self {
    case .area(let code): "{\"area\":\"\(code)\"}"
    case .lsoa(let code): "{\"lsoa\":\"\(code)\"}"
    case .unknown: "{\"unknown\":true}"
    }
  }

  /// By the authority in the LSOA's name; nil when neither name nor code can be understood.
  init?(lsoaCode code: String, lsoaName name: String) {
    if code.isEmpty, name.isEmpty {
      self = .unknown
    } else if let area = AuthorityNames.authority(ofLSOAName: name).flatMap({ AuthorityNames.code(of: $0) }) {
      self = .area(area)
    } else if Self.isLSOA(code) {
      self = .lsoa(code)
    } else {
      return nil
    }
  }

  /// E01 or W01 and six digits.
  private static func isLSOA(_ code: String) -> Bool {
    let bytes = Array(code.utf8)
    return bytes.count == 9 && (code.hasPrefix("E01") || code.hasPrefix("W01"))
      && bytes.allSatisfy { $0 < 128 } && bytes.dropFirst(3).allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
