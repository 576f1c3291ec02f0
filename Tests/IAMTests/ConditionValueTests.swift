// The values that condition operators compare: numbers, dates, networks, ARNs, base64, variables.

import TestSupport
import Testing

@testable import IAM

@Suite struct ConditionValueTests {
  @Test func numbersCompareByValueWhateverTheirDigits() throws {
    let ascending = [
      "-1e6", "-100.5", "-100", "-0.001", "0", "1e-9", "0.1", "0.11", "1", "9.99", "10", "10.01", "1e2",
      "1e19",
      "10000000000000000001",
    ]
    let numbers = try ascending.map { try #require(DecimalNumber($0)) }
    for (left, right) in zip(numbers, numbers.dropFirst()) {
      #expect(left < right)
      #expect(!(right < left))
    }
    for equal in [["1", "1.0", "+1", "01", "0.1e1", "10e-1", "1."], ["0", "-0", "0.0", "0e5", ".0"]] {
      #expect(Set(equal.map { DecimalNumber($0) }).count == 1)
    }
  }

  @Test(arguments: [
    "", "-", ".", "e5", "1e", "1e+", "1 ", " 1", "0x10", "1,5", "1.2.3", "1e1000001", "١", "NaN",
  ])
  func whatIsNoNumberIsRefused(text: String) {
    #expect(DecimalNumber(text) == nil)
  }

  @Test func datesCompareAcrossTheirForms() throws {
    let ascending = [
      "-1", "1970-01-01", "1", "0001.5", "2012-10-17", "2012-10-17T00:00:00.5Z", "1350432001", "2013",
      "2013-02",
      "2013-02-01T00:00:00-01:00", "1467315743431", "2016-06-30T19:42:23.531Z",
    ].map { ($0, PolicyDate($0)) }
    for (left, right) in zip(ascending.dropFirst(4), ascending.dropFirst(5)) {
      #expect(try #require(left.1) < #require(right.1), "\(left.0) \(right.0)")
    }
    #expect(PolicyDate("-1").map { $0 < PolicyDate("1970-01-01") ?? $0 } == true)
    #expect(PolicyDate("1467315743431") == PolicyDate("2016-06-30T19:42:23.431Z"))
    #expect(PolicyDate("1970") == PolicyDate("0"))
    #expect(PolicyDate("1.25") == PolicyDate("1970-01-01T00:00:01.250Z"))
  }

  @Test(arguments: [
    "", "20261120", "2026-13", "2026-02-30", "2026-11-20T", "2026-11-20T25:00Z", "now",
    "99999999999999999999", "+5",
    "1.", "-1.5", "1e3", "2026-11-20 12:34:56 UTC",
  ])
  func whatIsNoDateIsRefused(text: String) {
    // Eight digits are epoch seconds.
    #expect((PolicyDate(text) == nil) == (text != "20261120"))
  }

  @Test func networksContainWhatTheirPrefixSays() throws {
    for (network, inside, outside) in [
      ("0.0.0.0/0", "255.255.255.255", "::1"), ("10.1.2.3/8", "10.255.0.1", "11.0.0.0"),
      ("203.0.113.9", "203.0.113.9", "203.0.113.8"), ("::/0", "2001:db8::1", "10.0.0.1"),
      ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:ffff::", "2001:db8:1234:5679::1"),
      ("fe80::/10", "febf::1", "fec0::1"), ("203.0.113.0/24", "::ffff:203.0.113.254", "::203.0.113.254"),
      ("::ffff:203.0.113.0/120", "203.0.113.7", "203.0.114.7"), ("1::", "1:0:0:0:0:0:0:0", "1::1"),
      ("::1.2.3.4/128", "::102:304", "1.2.3.4"), ("128.0.0.0/1", "128.0.0.1", "127.255.255.255"),
    ] {
      let range = try #require(IPNetwork(network), "\(network)")
      #expect(range.contains(try #require(IPNetwork(inside))), "\(network) \(inside)")
      #expect(!range.contains(try #require(IPNetwork(outside))), "\(network) \(outside)")
    }
    #expect(IPNetwork("10.1.2.3/8")?.description == "10.0.0.0/8")
    #expect(IPNetwork("::1")?.description == "0:0:0:0:0:0:0:1/128")
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/33", "10.0.0/8", "10.0.0.0.0", "256.0.0.1", "010.0.0.1", "10.0.0.1 ", "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/08", "::/129", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
  ])
  func whatIsNoNetworkIsRefused(text: String) {
    #expect(IPNetwork(text) == nil)
  }

  @Test func networksRoundTrip() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<500 {
      let isIPv4 = Bool.random(using: &random)
      let groups = (0..<(isIPv4 ? 4 : 8)).map { _ in
        Int.random(in: 0...(isIPv4 ? 255 : 65_535), using: &random)
      }
      let text =
        isIPv4
        ? groups.map(String.init).joined(separator: ".")
        : groups.map { String($0, radix: 16) }.joined(separator: ":")
      let length = Int.random(in: 0...(isIPv4 ? 32 : 128), using: &random)
      let network = try #require(IPNetwork("\(text)/\(length)"))
      #expect(IPNetwork(network.description) == network)
      #expect(network.contains(try #require(IPNetwork(text))))
    }
  }

  @Test func arnsAreComparedBySegment() throws {
    for (pattern, text, matches) in [
      (
        "arn:aws:someservice:*:111122223333:finance/*",
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/d", false
      ),
      ("arn:aws:sns:*:*:*", "arn:aws:sns:::a:b:c", true), ("*", "arn:aws:s3:::b", true),
      ("*", "no arn", false),
      ("arn:aws:s3:::b", "arn:aws:s3:::B", false), ("arn:aws:s3:::b?", "arn:aws:s3:::b/", true),
      ("*:*:*:*:*:*", "arn:aws:s3:::b", true), ("arn:aws:s3:*", "arn:aws:s3:::b", false),
      ("a?n:aws:s3:::b", "arn:aws:s3:::b", true), ("arn:aws:s3:::b", "arn:aws:s3:::b:c", false),
    ] {
      let pattern = ARNPattern(Wildcard(pattern).tokens)
      #expect(pattern?.matches(text) ?? false == matches, "\(text)")
    }
  }

  @Test func base64DecodesWhatItEncodes() {
    for (text, plain) in [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("/+8=", "\u{FF}")] {
      let expected = plain == "\u{FF}" ? [0xFF, 0xEF] : Array(plain.utf8)
      #expect(Base64.decode(text) == expected)
    }
    for text in ["Y", "YQ", "YQ=", "Y===", "====", "Y Q=", "YW-j", "=YQ="] {
      #expect(Base64.decode(text) == nil)
    }
  }

  @Test func variablesAreTakenApart() {
    let key = VariableText.Part.variable(key: "aws:username", default: nil)
    for (text, parts) in [
      ("a${aws:username}b", [.text("a"), key, .text("b")]), ("${aws:username}", [key]),
      ("${ aws:username }", [key]),
      ("${aws:userid, 'any one'}", [.variable(key: "aws:userid", default: "any one")]),
      ("${aws:userid,''}", [.variable(key: "aws:userid", default: "")]),
      ("${*}${?}${$}", [.escaped("*"), .escaped("?"), .escaped("$")]),
      ("$${aws:username}", [.text("$"), key]), ("${}", [.text("${}")]), ("${a", [.text("${a")]),
      ("${a, b}", [.text("${a, b}")]), ("$", [.text("$")]), ("${a${aws:username}", [.text("${a"), key]),
      ("${aws:username}\u{301}", [key, .text("\u{301}")]), ("", []),
    ] as [(String, [VariableText.Part])] {
      #expect(
        VariableText(text, version: "2012-10-17").parts == (text.isEmpty ? [.text("")] : parts), "\(text)")
      #expect(VariableText(text, version: "2008-10-17").parts == [.text(text)])
      #expect(VariableText(text, version: nil).parts == [.text(text)])
    }
  }

  @Test func valuesOfVariablesAreNoPatterns() throws {
    let text = VariableText("a*${k}${*}${missing, '?'}", version: "2012-10-17")
    let tokens = try #require(text.resolved(in: ["k": .single("*")], wildcards: true))
    #expect(Wildcard(tokens: tokens).description == "a*${*}${*}${?}")
    #expect(text.resolved(in: [:], wildcards: true) == nil)
    #expect(text.resolved(in: ["k": .multiple(["one"])], wildcards: true) == nil)
  }
}
