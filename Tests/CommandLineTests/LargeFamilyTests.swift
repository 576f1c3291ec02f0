// A principal that works on more objects than the ledger names one by one.

import Foundation
import JSONStream
import TestSupport
import Testing

@Suite("Large families of resources")
struct LargeFamilyTests {
  private static func event(_ number: Int) -> String {
    let key = "album/\(["cats", "dogs"][number % 2])/p\(number).jpg"
    let role = "arn:aws:iam::111122223333:role/app"
    return """
      {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole",\
      "arn":"arn:aws:sts::111122223333:assumed-role/app/s","accountId":"111122223333",\
      "sessionContext":{"sessionIssuer":{"type":"Role","arn":"\(role)"}}},\
      "eventTime":"2026-11-20T10:\(10 + number / 60 % 50):\(10 + number % 50)Z",\
      "eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1",\
      "requestParameters":{"bucketName":"photos","key":"\(key)"},"eventID":"\(number)",\
      "eventType":"AwsApiCall","eventCategory":"Data","managementEvent":false,\
      "recipientAccountId":"111122223333"}

      """
  }

  private static func account(_ resources: String) -> String {
    """
    {"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"Path":"/","RoleName":"app",\
    "RoleId":"AROAEXAMPLE","Arn":"arn:aws:iam::111122223333:role/app","CreateDate":"2020-01-01T00:00:00Z",\
    "AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},"InstanceProfileList":[],\
    "RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[\
    {"Effect":"Allow","Action":"s3:Get*","Resource":\(resources)}]}}],"AttachedManagedPolicies":[],"Tags":[]}]}
    """
  }

  @Test(
    "the ledger keeps patterns, the same for any order and threads, and policies from them keep their promises"
  )
  func patterns() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "whittle-family-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = 2_400
    let events = (0..<count).map(Self.event)
    let halves = [events[..<(count / 3)].joined(), events[(count / 3)...].reversed().joined()]
    let logs = try halves.enumerated().map { index, text in
      let file = folder.appending(path: "\(index).json")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }

    let usage = try WhittleProcess.run(["usage", "--format", "ndjson", "--jobs", "1"] + logs)
    let other = try WhittleProcess.run(["usage", "--format", "ndjson", "--jobs", "2"] + logs.reversed())
    #expect(usage.output == other.output)
    let uses = try usage.lines.map { try JSONValue(parsing: Array($0.utf8)) }
    #expect(
      uses.compactMap { $0["resource"]?.string } == [
        "arn:aws:s3:::photos/album/cats/*", "arn:aws:s3:::photos/album/dogs/*",
      ])
    for use in uses {
      let distinct = Int(use["distinctResources"]?.scalarText ?? "") ?? 0
      #expect((1_000...1_200).contains(distinct))
      #expect(use["count"]?.scalarText == "1200")
    }

    // The second grant covers parts of both patterns only; the proposal must stay within it and lose none of it.
    for resources in [#""*""#, #"["arn:aws:s3:::photos/album/c*","arn:aws:s3:::photos/*.jpg"]"#] {
      let file = folder.appending(path: "account.json")
      try Self.account(resources).write(to: file, atomically: true, encoding: .utf8)
      let policy = try WhittleProcess.run(["policy", "--format", "json", "--granted", file.path] + logs)
      #expect(policy.status == 0, "\(policy.errors)")
      let proposal = try JSONValue(parsing: policy.output)["principals"]?.elements.first
      let verification = proposal?["verification"]
      for promise in ["complete", "noNewAccess", "minimal", "withinQuotas"] {
        #expect(verification?[promise]?.scalarText == "true", "\(promise) on \(resources)")
      }
      #expect(verification?["excess"]?.elements.isEmpty == false)
      #expect(proposal?["notGranted"]?.elements.isEmpty == true)
    }
  }
}
