import Incidents
import Testing

@Suite struct RulesTests {
  @Test(arguments: TagBreachKind.allCases)
  func aTagCountsWhileItsAlertIsOpenAndAsABreachOnceConfirmed(_ kind: TagBreachKind) {
    for state in TagBreachState.allCases {
      let measures = TagBreachRules.measures(kind: kind, state: state, knifeRelated: true)
      let isWarning = kind == .batteryLow
      #expect(measures.contains(.tagAlert) == (!isWarning && (state == .alerted || state == .confirmed)))
      #expect(measures.contains(.tagBreach) == (!isWarning && state == .confirmed))
      #expect(measures.isSubset(of: [MeasureSet(.tagAlert), MeasureSet(.tagBreach)]))
      #expect(TagBreachRules.measures(kind: kind, state: state, knifeRelated: false) == [])
    }
  }

  @Test(arguments: AssaultMechanism.allCases)
  func anAssaultCountsByWhatItWasDoneWith(_ mechanism: AssaultMechanism) {
    let measures = AssaultRules.measures(mechanism: mechanism)
    #expect(measures.contains(.hospitalAssault))
    #expect(measures.contains(.hospitalSharp) == (mechanism == .knife || mechanism == .bottleOrGlass))
    #expect(measures.contains(.hospitalKnife) == (mechanism == .knife))
    #expect(
      measures.isSubset(of: [MeasureSet(.hospitalAssault), MeasureSet(.hospitalSharp), MeasureSet(.hospitalKnife)]))
  }

  @Test func eachNameIsReadAsItIsWritten() {
    func check<Name: ContractName>(_: Name.Type) {
      for value in Name.allCases {
        #expect(Name(value.name.utf8.span) == value)
        #expect(Name("\(value.name)x".utf8.span) == nil)
      }
      #expect(Name("".utf8.span) == nil)
    }
    check(TagBreachKind.self)
    check(TagBreachState.self)
    check(AssaultMechanism.self)
  }
}
