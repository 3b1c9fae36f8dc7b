import Incidents
import Testing

@Suite struct OffenceTableTests {
  private func offence(_ code: String) -> Offence { OffenceTable.offence(code: code.utf8.span) }
  private func category(_ name: String) -> Offence { OffenceTable.offence(class: name.utf8.span) }
  private func isCode(_ text: String) -> Bool { OffenceTable.isWellFormed(code: text.utf8.span) }
  private func isClass(_ text: String) -> Bool { OffenceTable.isWellFormed(class: text.utf8.span) }

  private func measures(
    _ code: String, _ weapon: Weapon = .knife, _ use: WeaponUse = .used, _ injury: Injury = .unknown,
    _ age: VictimAgeBand = .unknown
  ) -> Set<Measure> {
    let set = offence(code).measures(weapon: weapon, use: use, injury: injury, victimAge: age)
    return Set(Measure.allCases.filter(set.contains))
  }

  @Test func everyPublishedCodeIsListedAndWellFormed() throws {
    var codes: Set<String> = ["1", "4.1", "4.2", "4.10"]
    for file in ["national/CrimeCatMappings.csv", "national/prc-pfa-201718_new.csv"] {
      codes.formUnion(try SharedTables.rows(file).compactMap { $0["Offence_Code"] })
    }
    #expect(codes.count == 136)
    for code in codes {
      #expect(isCode(code), "\(code)")
      #expect(offence(code) != .unmapped, "\(code)")
    }
  }

  @Test func codesThatNobodyListedAreUnmapped() {
    for code in ["10E", "8T", "999", "34C", "4.11", "8/06", "034B", "ZZ", "3", ""] {
      #expect(offence(code) == .unmapped, "\(code)")
    }
  }

  /// The groups, once more by hand.
  @Test func codesAreInTheirGroups() throws {
    let homicide = ["1", "4.1", "4.2", "4.10", "1/4.1/4.10/4.2"]
    let robbery = ["34A", "34B"]
    let otherFlaggable = [
      "2", "5D", "8N", "8P", "8S", "3B", "19C", "19D", "19E", "19F", "19G", "19H", "17A", "17B", "20A", "20B",
    ]
    let violence = homicide + ["2", "3A", "3B", "5D", "5E", "8N", "8P", "8S", "36", "104", "105A"]
    let possession = ["10C", "10D", "90"]
    var codes = try SharedTables.rows("national/CrimeCatMappings.csv").compactMap { $0["Offence_Code"] }
    codes += homicide
    for code in Set(codes) {
      guard case .code(let groups) = offence(code) else {
        Issue.record("\(code) is not listed")
        continue
      }
      #expect(groups.contains(.homicide) == homicide.contains(code), "\(code)")
      #expect(groups.contains(.robbery) == robbery.contains(code), "\(code)")
      #expect(groups.contains(.flaggable) == (homicide + robbery + otherFlaggable).contains(code), "\(code)")
      #expect(groups.contains(.violence) == violence.contains(code), "\(code)")
      #expect(groups.contains(.possession) == possession.contains(code), "\(code)")
    }
  }

  @Test func knifeCrimeNeedsABladeAndItsUse() {
    for weapon in Weapon.allCases {
      for use in WeaponUse.allCases {
        let isKnifeCrime = (weapon == .knife || weapon == .otherBlade) && (use == .used || use == .threatened)
        #expect(measures("8N", weapon, use) == (isKnifeCrime ? [.knifeCrime, .violence] : [.violence]))
        #expect(measures("34B", weapon, use) == (isKnifeCrime ? [.knifeCrime, .knifeRobbery, .robbery] : [.robbery]))
        #expect(
          measures("4.10", weapon, use) == (isKnifeCrime ? [.knifeCrime, .knifeHomicide, .violence] : [.violence]))
        #expect(measures("10D", weapon, use) == [.possession])
        #expect(measures("36", weapon, use, .fatal, .under18) == [.violence])
        #expect(measures("46", weapon, use, .fatal, .under18) == [])
      }
    }
  }

  @Test func knifeInjuryNeedsHarmAndTheYoungAreCountedApart() {
    for injury in Injury.allCases {
      for age in VictimAgeBand.allCases {
        var expected: Set<Measure> = [.knifeCrime]
        if [.minor, .serious, .fatal].contains(injury) {
          expected.insert(.knifeInjury)
          if [.under18, .from18To24].contains(age) { expected.insert(.knifeInjuryUnder25) }
        }
        #expect(measures("17A", .otherBlade, .threatened, injury, age) == expected)
      }
    }
  }

  @Test(
    arguments: [
      ("police-uk:anti-social-behaviour", []), ("police-uk:bicycle-theft", []), ("police-uk:burglary", []),
      ("police-uk:criminal-damage-and-arson", []), ("police-uk:drugs", []), ("police-uk:other-crime", []),
      ("police-uk:other-theft", []), ("police-uk:possession-of-weapons", [.openWeapons]),
      ("police-uk:public-order", []),
      ("police-uk:robbery", [.robbery]), ("police-uk:shoplifting", []), ("police-uk:theft-from-the-person", []),
      ("police-uk:vehicle-crime", []), ("police-uk:violence-and-sexual-offences", [.openViolence]),
      ("mps:knifeCrime", [.knifeCrime]), ("mps:knifeCrimeWithInjury", [.knifeInjury]),
      ("mps:knifeCrimeWithInjuryPersonalRobbery", []), ("mps:knifeInjuryVictims1-24", []),
      ("mps:knifeInjuryVictimsNonDA1-24", []),
    ] as [(String, Set<Measure>)])
  func classesCountAsTheirPublisherCounted(name: String, expected: Set<Measure>) {
    let set = category(name).measures(weapon: .knife, use: .used, injury: .fatal, victimAge: .under18)
    #expect(category(name) != .unmapped)
    #expect(Set(Measure.allCases.filter(set.contains)) == expected)
    #expect(isClass(name))
    #expect(category(name + "s") == .unmapped && category(String(name.dropLast()) + "!") == .unmapped)
  }

  @Test func everyCategoryOfTheStreetFilesIsListed() throws {
    let files = ["2018-07-west-yorkshire", "2022-07-city-of-london", "2022-12-city-of-london"]
    var labels: Set<String> = []
    for file in files {
      labels.formUnion(try SharedTables.rows("policeuk_street/\(file)-street.csv").compactMap { $0["Crime type"] })
    }
    #expect(labels.count == 14)
    for label in labels {
      let name = "police-uk:" + String(label.lowercased().map { $0 == " " ? "-" : $0 })
      #expect(category(name) != .unmapped, "\(name)")
    }
  }

  @Test(
    arguments: [
      ("1", true), ("34B", true), ("4.10", true), ("105A", true), ("37.1", true), ("AF", true), ("CIFAS", true),
      ("FFA UK", true), ("UK Finance", true), ("1/4.1/4.10/4.2", true), ("8/06", true), ("99.99Z", true),
      ("", false), ("34b", false), ("34BB", false), ("B34", false), ("1234", false), ("4.", false), ("4.100", false),
      (".4", false), ("1/", false), ("/1", false), ("1//2", false), (" 34B", false), ("34B ", false), ("34 B", false),
      ("A", false), ("AF ", false), ("AF  B", false), ("FFA uk", false), ("FFA UK X", false), ("Robbery", false),
      ("1/2/3/4/5/6/7/8/9", false), ("ABCDEFGHIJKLMNOP", true), ("ABCDEFGHIJKLMNOPQ", false), ("34\u{0}", false),
      ("３４", false), ("-1", false), ("1e3", false),
    ])
  func codesHaveAForm(code: String, isWellFormed: Bool) {
    #expect(isCode(code) == isWellFormed)
    let pattern = #/([0-9]{1,3}(\.[0-9]{1,2})?[A-Z]?(\/[0-9]{1,3}(\.[0-9]{1,2})?[A-Z]?)*|[A-Z]{2,}( [A-Z][A-Za-z]*)?)/#
    let matches = code.utf8.count <= 16 && code.wholeMatch(of: pattern) != nil
    #expect(matches == isWellFormed)
  }

  @Test(
    arguments: [
      ("police-uk:robbery", true), ("mps:knifeCrime", true), ("a:B", true), ("a1-:9", true),
      ("", false), (":", false), ("a:", false), (":a", false), ("robbery", false), ("Police:robbery", false),
      ("mps:-knife", false), ("mps:knife crime", false), ("mps:knife:crime", false), ("1mps:knife", false),
      ("mps:knífe", false), ("mps_x:knife", false), ("mps:" + String(repeating: "k", count: 60), true),
      ("mps:" + String(repeating: "k", count: 61), false),
    ])
  func classesHaveAForm(name: String, isWellFormed: Bool) {
    #expect(isClass(name) == isWellFormed)
    let pattern = #/[a-z][a-z0-9\-]*:[A-Za-z0-9][A-Za-z0-9\-]*/#
    #expect((name.utf8.count <= 64 && name.wholeMatch(of: pattern) != nil) == isWellFormed)
  }

  @Test func rulesAreVersioned() {
    #expect(OffenceTable.canonicalText.hasPrefix("version \(OffenceTable.version)\n"))
  }
}

@Suite struct ContractNameTests {
  private func expectNames<Name: ContractName>(_ type: Name.Type, _ names: [String]) {
    func value(_ name: String) -> Name? { Name(name.utf8.span) }
    #expect(type.allCases.map(\.name) == names)
    for name in names {
      #expect(value(name)?.name == name)
      for wrong in [name + " ", String(name.dropLast()), name.uppercased() + "_", "", "Knife", name + "\u{0}"] {
        #expect(value(wrong) == nil)
      }
    }
  }

  @Test func namesAreThoseOfTheContract() {
    expectNames(Weapon.self, ["knife", "otherBlade", "firearm", "other", "none", "unknown"])
    expectNames(WeaponUse.self, ["used", "threatened", "possessed", "none", "unknown"])
    expectNames(Injury.self, ["none", "minor", "serious", "fatal", "unknown"])
    expectNames(VictimAgeBand.self, ["under18", "18-24", "25-34", "35-54", "55plus", "unknown"])
    expectNames(CancellationReason.self, ["C1", "C2", "C3", "C4", "C5"])
    for wrong in ["C0", "C6", "c1", "C", "C11"] {
      let reason = CancellationReason(wrong.utf8.span)
      #expect(reason == nil)
    }
  }
}
