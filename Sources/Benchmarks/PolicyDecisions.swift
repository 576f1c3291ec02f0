// How many requests the engine decides in a second.

import AWSCatalog
import IAM

extension Scenario {
  /// One policy of ordinary size.
  static let decideByOnePolicy = Scenario(
    "decide-one", summary: "requests decided by one policy of ten statements", unit: "decision",
    prepare: { try decisions(by: [PolicyMaker.document(statements: 10, seed: 1)]) })

  /// A role with as many managed policies as IAM attaches, each as long as IAM lets it be.
  static let decideByTenPolicies = Scenario(
    "decide-ten", summary: "requests decided by a role's ten policies of 6,144 characters each",
    unit: "decision",
    prepare: { try decisions(by: (0..<10).map { PolicyMaker.fullDocument(seed: $0) }) })

  /// The same without reasons.
  static let allowByTenPolicies = Scenario(
    "allow-ten", summary: "requests allowed or not, without reasons, by the ten policies", unit: "decision",
    prepare: {
      let evaluator = PolicyEvaluator(
        ApplicablePolicies(identity: (0..<10).map { PolicyMaker.fullDocument(seed: $0) }))
      let requests = PolicyMaker.requests(count: 1000)
      return {
        // What is counted depends on the answers, so that none can be left out.
        let allowed = requests.count { evaluator.allows($0) }
        return Round(units: allowed > 0 ? requests.count : 0)
      }
    })

  /// Reading and compiling, as for a line of `simulate`.
  static let prepareTenPolicies = Scenario(
    "prepare-ten", summary: "policies of 6,144 characters parsed and prepared for deciding", unit: "policy",
    prepare: {
      let texts = (0..<10).map { PolicyMaker.fullDocument(seed: $0).json(pretty: false) }
      return {
        let documents = try texts.map { try PolicyDocument(json: $0) }
        let evaluator = PolicyEvaluator(ApplicablePolicies(identity: documents))
        _ = evaluator.allows(PolicyMaker.requests(count: 1)[0])
        return Round(units: documents.count, bytes: texts.reduce(0) { $0 + $1.count })
      }
    })

  private static func decisions(by documents: [PolicyDocument]) throws -> () throws -> Round {
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: documents))
    let requests = PolicyMaker.requests(count: 1000)
    return {
      let reasons = requests.reduce(0) { $0 + evaluator.decide($1).matched.count }
      return Round(units: reasons > 0 ? requests.count : 0)
    }
  }
}

/// Policies and requests over the actions of the catalog, the same for equal seeds.
enum PolicyMaker {
  private static let services = [
    "s3", "ec2", "iam", "lambda", "dynamodb", "sqs", "kms", "logs", "ecs", "sns",
  ]

  private static let actions: [[String]] = services.map { Catalog.embedded.actionNames(matching: "\($0):*") }

  /// A document of statements with four actions of one service, four resources and one condition.
  static func document(statements: Int, seed: Int) -> PolicyDocument {
    PolicyDocument(statements: (0..<statements).map { statement($0 &* 31 &+ seed &* 1009) })
  }

  /// The longest document that fits a managed policy.
  static func fullDocument(seed: Int) -> PolicyDocument {
    var document = PolicyDocument(statements: [])
    while document.managedPolicySize <= 6_144 {
      document.statements.append(statement(document.statements.count &* 31 &+ seed &* 1009))
    }
    document.statements.removeLast()
    return document
  }

  private static func statement(_ number: Int) -> Statement {
    let service = number % services.count
    let names = actions[service]
    let patterns = (0..<4).map { index in
      let name = names[(number &+ index &* 17) % names.count]
      return index == 3 ? String(name.prefix(name.count - 3)) + "*" : name
    }
    let resources = (0..<4).map {
      "arn:aws:\(services[service]):*:123456789012:thing-\((number + $0) % 100)/*"
    }
    return Statement(
      effect: number % 9 == 8 ? .deny : .allow, actions: .action(patterns), resources: .resource(resources),
      conditions: [Condition(operatorName: "StringEquals", key: "aws:RequestedRegion", values: ["eu-west-1"])]
    )
  }

  /// Requests for the actions and resources that the statements name, some of them with other names.
  static func requests(count: Int) -> [AccessRequest] {
    let principal = RequestPrincipal(
      kind: .assumedRole, arn: "arn:aws:sts::123456789012:assumed-role/app/i-0123", account: "123456789012")
    return (0..<count).map { number in
      let service = number % services.count
      let names = actions[service]
      return AccessRequest(
        principal: principal,
        action: ActionName(names[number &* 7 % names.count]) ?? ActionName(service: "s3", name: "GetObject"),
        resource: RequestResource(
          arn: "arn:aws:\(services[service]):eu-west-1:123456789012:thing-\(number % 120)/\(number)"),
        context: ["aws:RequestedRegion": .single("eu-west-1"), "aws:SecureTransport": .single("true")])
    }
  }
}
