// Whether the name of a role's session is that of a person.
//
// Whoever assumes a role chooses the name. Identity Center and most identity providers put the user's name or mail address
// there; EC2 puts the instance id, ECS the task id, Lambda the function's name; SDKs make names up with a time in them; tools
// and pipelines use one fixed name. What looks like neither a person nor a machine is taken for a machine.

import CloudTrail

/// Judges the names of sessions.
enum SessionName {
  /// Whether a session's name is a person's.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - isIdentityCenter: Whether the role is one of Identity Center's, whose sessions have the names of its users.
  /// - Returns: Whether it is.
  static func isPersons(_ name: String, isIdentityCenter: Bool) -> Bool {
    if isIdentityCenter { return !name.isEmpty }
    let bytes = Array(name.utf8)
    if let at = bytes.firstIndex(of: UInt8(ascii: "@")) {
      // A mail address.
      return at > 0 && bytes[at...].dropFirst().contains(UInt8(ascii: "."))
    }
    // IAM takes letters, digits and `_+=,.@-` for the names of sessions; people have a letter first, and few digits.
    guard bytes.count > 1, let first = bytes.first, isLetter(first),
      bytes.count(where: isDigit) <= 4,
      bytes.allSatisfy({ isLetter($0) || isDigit($0) || "._-".utf8.contains($0) })
    else { return false }
    let words = words(of: bytes)
    // AWS's own services and tools begin with the company's name.
    return !isInstance(bytes) && words.first?.hasPrefix("aws") == false
      && words.allSatisfy { !machineWords.contains($0) }
  }

  /// Words of names that tools, services and pipelines give their sessions.
  private static let machineWords: Set<String> = [
    "actions", "amazon", "ansible", "api", "app", "application", "argocd", "assume", "assumed", "assumerole",
    "atlantis",
    "automation", "autoscaling", "aws", "awscli", "backup", "batch", "bitbucket", "boto", "boto3", "botocore",
    "bot", "build",
    "builder", "buildkite", "cd", "cdk", "ci", "circleci", "cli", "cloudformation", "cluster", "codebuild",
    "codedeploy",
    "codepipeline", "config", "controller", "cron", "crossplane", "default", "deploy", "deployer",
    "deployment", "ec2", "ecs",
    "eks", "emr", "execution", "function", "github", "githubactions", "gitlab", "glue", "gocd", "handler",
    "instance", "jenkins",
    "job", "k8s", "kubernetes", "lambda", "monitor", "monitoring", "node", "operator", "pipeline", "pod",
    "pulumi", "robot",
    "role", "runner", "sagemaker", "scanner", "scheduler", "sdk", "server", "service", "serverless",
    "session",
    "spacelift", "spinnaker", "ssm", "stepfunctions", "svc", "sync", "system", "task", "temp", "temporary",
    "terraform", "test",
    "tfc", "token", "tmp", "web", "worker", "workflow",
  ]

  /// `i-` or `mi-` and hexadecimal digits: an instance of EC2, or one that Systems Manager looks after.
  private static func isInstance(_ bytes: [UInt8]) -> Bool {
    let rest =
      bytes.starts(with: "mi-".utf8)
      ? bytes.dropFirst(3) : bytes.starts(with: "i-".utf8) ? bytes.dropFirst(2) : []
    return rest.count >= 8 && rest.allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
  }

  /// The words of a name in lower case: what stands between signs, and before a capital; with and without a number behind.
  private static func words(of bytes: [UInt8]) -> [String] {
    var words: [String] = []
    var whole: [UInt8] = []
    var word: [UInt8] = []
    func add(_ bytes: [UInt8]) {
      let text = bytes.map { isLetter($0) ? $0 | 0x20 : $0 }
      words.append(String(decoding: text, as: UTF8.self))
      if let last = text.lastIndex(where: { !isDigit($0) }), last + 1 < text.count {
        words.append(String(decoding: text[...last], as: UTF8.self))
      }
    }
    func end() {
      if !whole.isEmpty { add(whole) }
      if !word.isEmpty { add(word) }
    }
    for (index, byte) in bytes.enumerated() {
      guard isLetter(byte) || isDigit(byte) else {
        end()
        whole = []
        word = []
        continue
      }
      if byte & 0x20 == 0, isLetter(byte), index > 0, bytes[index - 1] & 0x20 != 0, !word.isEmpty {
        add(word)
        word = []
      }
      word.append(byte)
      whole.append(byte)
    }
    end()
    return words
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension UserIdentity {
  /// Whether the caller's role is one that Identity Center made for a permission set ("Referencing permission sets in
  /// resource policies" in the IAM Identity Center User Guide).
  var isIdentityCenterRole: Bool {
    sessionIssuerUserName?.hasPrefix("AWSReservedSSO_") ?? arn?.contains(":assumed-role/AWSReservedSSO_")
      ?? false
  }
}
