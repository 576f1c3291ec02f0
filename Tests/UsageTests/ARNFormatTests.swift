// ARN formats matched and filled.

import IAM
import Testing

@testable import Usage

@Suite("ARN formats")
struct ARNFormatTests {
  private func bindings(_ format: String, _ arn: String) throws -> [String]? {
    try #require(ARNFormat(format)).bindings(try #require(ARN(arn)))
  }

  @Test("Placeholders end at the literal behind them, the last one at the end")
  func bindings() throws {
    let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    #expect(try bindings(object, "arn:aws:s3:::photos/2026/cat.jpg") == ["photos", "2026/cat.jpg"])
    #expect(try bindings(object, "arn:aws:s3:::photos") == nil)
    #expect(try bindings("arn:${Partition}:s3:::${BucketName}", "arn:aws:s3:::photos/cat.jpg") == nil)
    let template = "arn:${Partition}:apigateway:${Region}::/restapis/models/${ModelName}/template"
    #expect(
      try bindings(template, "arn:aws:apigateway:eu-west-1::/restapis/models/a/template/template")
        == ["a/template"])
    #expect(try bindings(template, "arn:aws:apigateway:eu-west-1::/restapis/models/a/templates") == nil)
  }

  @Test("Regions that a format asks for must be there; accounts may be AWS's own and empty")
  func segments() throws {
    let parameter = "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Name}"
    #expect(try bindings(parameter, "arn:aws:ssm:eu-west-1::parameter/aws/service/x") == ["aws/service/x"])
    #expect(try bindings(parameter, "arn:aws:ssm::111122223333:parameter/x") == nil)
    #expect(
      try bindings("arn:${Partition}:iam::${Account}:role/${Name}", "arn:aws:iam:eu-west-1:1:role/x") == nil)
  }

  @Test("A hostile resource is judged in one pass")
  func hostile() throws {
    let format = "arn:${Partition}:x:${Region}:${Account}:a/${A}/b/${B}/c/${C}/d/${D}/e"
    let text = "a/" + String(repeating: "/b/x/c/x/d", count: 100_000)
    #expect(try bindings(format, "arn:aws:x:eu-west-1:111122223333:\(text)") == nil)
  }

  @Test("Characters that a policy reads as a pattern are written as IAM's variables for them")
  func escaping() throws {
    let format = try #require(ARNFormat("arn:${Partition}:s3:::${BucketName}/${ObjectName}"))
    let place = Place(partition: "aws", region: nil, account: nil)
    #expect(format.filled(place, ["b", "what?*"]) == "arn:aws:s3:::b/what${?}${*}")
    #expect(format.filled(place, ["b", "${x}$"]) == "arn:aws:s3:::b/${$}{x}$")
    #expect(format.filled(place, ["b", nil]) == "arn:aws:s3:::b/*")
  }
}
