// The other custom policy checks of IAM Access Analyzer, as containment in made-up policies.

extension PolicyContainment {
  /// Whether policies grant none of some actions on any of some resources.
  ///
  /// See `CheckAccessNotGranted` in the IAM Access Analyzer API Reference.
  ///
  /// - Parameters:
  ///   - actions: The actions, wildcards allowed; `nil` for all.
  ///   - resources: The resources, wildcards allowed; `nil` for all.
  ///   - policies: The policies.
  ///   - policyType: Their kind.
  /// - Returns: Whether that holds; the witness is a request that is granted.
  public static func checkAccessNotGranted(
    actions: [String]?, resources: [String]?, in policies: [PolicyDocument], policyType: PolicyType
  ) -> ContainmentResult {
    let anyone: Statement.PrincipalElement? = policyType == .resource ? .principal(.everyone) : nil
    let rest = PolicyDocument(statements: [
      Statement(effect: .allow, principal: anyone, actions: .action(["*"]), resources: .resource(["*"])),
      Statement(
        effect: .deny, principal: anyone, actions: .action(actions ?? ["*"]),
        resources: .resource(resources ?? ["*"])),
    ])
    return PolicyContainment(existing: [rest], policyType: policyType).check(proposed: policies)
  }

  /// Condition keys that tie a request to something that its sender cannot choose.
  ///
  /// See "The meaning of public" in the Amazon S3 User Guide.
  private static let trustedKeys = [
    "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "aws:SourceOrgID",
    "aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce", "aws:UserId",
    "aws:VpcSourceIp", "aws:userid", "kms:CallerAccount", "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
  ]

  /// Whether a resource's policies grant nothing to the public.
  ///
  /// A grant is public if it reaches callers that the policies do not name, without a condition that demands one of the
  /// keys in "The meaning of public" (Amazon S3 User Guide). How narrow the demand is, is not judged.
  ///
  /// - Parameter policies: The policies of the resource.
  /// - Returns: Whether that holds; the witness is a request that anyone can make.
  public static func checkNoPublicAccess(in policies: [PolicyDocument]) -> ContainmentResult {
    var named: [PrincipalSet.TypedPrincipals] = []
    for statement in policies.flatMap(\.statements) where statement.effect == .allow {
      guard case .principal(.typed(let types)) = statement.principal else { continue }
      named += types.map { type in
        PrincipalSet.TypedPrincipals(type: type.type, values: type.values.filter { $0 != "*" })
      }
    }
    var statements = trustedKeys.map { key in
      Statement(
        effect: .allow, principal: .principal(.everyone), actions: .action(["*"]),
        resources: .resource(["*"]),
        conditions: [Condition(operatorName: "Null", key: key, values: ["false"])])
    }
    statements.append(
      Statement(
        effect: .allow, principal: .principal(.typed(named)), actions: .action(["*"]),
        resources: .resource(["*"])
      ))
    return PolicyContainment(existing: [PolicyDocument(statements: statements)], policyType: .resource)
      .check(proposed: policies)
  }
}
