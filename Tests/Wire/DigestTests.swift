import Testing

@testable import Wire

@Suite struct DigestTests {
  private func hex(_ value: UInt64) -> String {
    var text: [UInt8] = []
    text.appendHex(value)
    return String(decoding: text, as: UTF8.self)
  }

  /// Against the values of Python's hashlib.
  @Test func blake2bIsThatOfRFC7693() {
    #expect(hex(BLAKE2b.digest64("".utf8.span)) == "e4a6a0577479b2b4")
    #expect(hex(BLAKE2b.digest64("abc".utf8.span)) == "d8bb14d833d59559")
    #expect(BLAKE2b.digest128("abc".utf8.span).description == "cf4ab791c62b8d2b2109c90275287816")
    let digest = BLAKE2b.digest256("abc".utf8.span).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    #expect(digest.joined() == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
  }

  /// Against the values of its reference implementation.
  @Test func xxh3IsItself() {
    #expect(XXH3.digest128("".utf8.span).description == "99aa06d3014798d86001c324468d497f")
    #expect(XXH3.digest128("abc".utf8.span).description == "06b05ab6733a618578af5f94892f3950")
  }

  @Test func twoTextsAreHashedAsOne() {
    let text = (0..<2_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = XXH3.digest128(text.span)
    for cut in [0, 1, 16, 240, 1_024, 1_999, 2_000] {
      #expect(XXH3.digest128(text[..<cut], text[cut...]) == whole)
    }
  }
}
