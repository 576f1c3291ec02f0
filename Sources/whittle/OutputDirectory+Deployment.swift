// What directories of policies have in common, whichever command writes them: files of their own names, and the files
// of a format for deployment.

/// Renders proposals of one kind for the formats for deployment.
struct DeploymentRenderer<Proposal> {
  /// Writes proposals into a buffer.
  typealias Rendering = (_ proposals: [Proposal], _ bytes: inout [UInt8]) -> Void

  /// The script that makes the changes.
  let apply: Rendering
  /// The script that takes them back.
  let rollback: Rendering
  /// Terraform configuration.
  let terraform: Rendering
  /// A CloudFormation template.
  let cloudFormation: Rendering
  /// A template of what there is, to be imported before the other is applied; it may write nothing.
  var cloudFormationImport: Rendering? = nil
}

extension OutputDirectory {
  /// Adds the files of a format for deployment: two scripts, or a file for each account.
  ///
  /// - Parameters:
  ///   - proposals: The proposals; each needs a file.
  ///   - format: The format; others than those for deployment add nothing.
  ///   - account: The account that a proposal is for.
  ///   - renderer: Writes the files.
  /// - Returns: The paths of the files.
  mutating func addDeployment<Proposal>(
    of proposals: [Proposal], format: OutputFormat, account: (Proposal) -> String,
    _ renderer: DeploymentRenderer<Proposal>
  ) -> [String] {
    var paths: [String] = []
    func render(
      _ path: String, _ proposals: [Proposal], isExecutable: Bool = false,
      _ write: DeploymentRenderer<Proposal>.Rendering
    ) {
      var bytes: [UInt8] = []
      write(proposals, &bytes)
      guard !bytes.isEmpty else { return }
      add(path, bytes, isExecutable: isExecutable)
      paths.append(path)
    }
    let accounts = Dictionary(grouping: proposals, by: account).sorted { $0.key < $1.key }
    switch format {
    case .cli:
      render("apply.sh", proposals, isExecutable: true, renderer.apply)
      render("rollback.sh", proposals, isExecutable: true, renderer.rollback)
    case .terraform:
      for (account, proposals) in accounts {
        render("\(OutputDirectory.safeName(account))/policies.tf", proposals, renderer.terraform)
      }
    case .cloudformation:
      for (account, proposals) in accounts {
        let folder = OutputDirectory.safeName(account)
        render("\(folder)/policies.yaml", proposals, renderer.cloudFormation)
        if let imports = renderer.cloudFormationImport { render("\(folder)/import.yaml", proposals, imports) }
      }
    default: break
    }
    return paths
  }

  /// A path that no other file has, for file systems that fold case too.
  ///
  /// - Parameters:
  ///   - stem: The path without its ending.
  ///   - taken: The paths that there are, in lower case; the new one is added.
  /// - Returns: `STEM.json`, with a number where that is taken.
  static func uniquePath(_ stem: String, taken: inout Set<String>) -> String {
    var path = "\(stem).json"
    var number = 2
    while !taken.insert(path.lowercased()).inserted {
      path = "\(stem)~\(number).json"
      number += 1
    }
    return path
  }
}
