// The shell functions of the scripts.

extension TrimScript {
  /// The functions of the script that carries proposals out; each begins with its name.
  static let applyHelpers = [
    """
    stop() {
      printf '%s\\n' "$1; nothing was changed" >&2
      exit 1
    }

    """,
    """
    # $1: a policy that is to be edited, $2: the version in force, $3: how many have it attached
    must_be_unchanged() {
      found=$(aws iam get-policy --policy-arn "$1" --output text \\
        --query 'Policy.[DefaultVersionId,AttachmentCount,PermissionsBoundaryUsageCount]' | tr '\\t' ' ')
      case $found in
      "$2 $3 0" | "$2 $3 None") ;;
      *) stop "$1 has changed: version, attachments and boundaries were $2 $3 0, and are $found" ;;
      esac
    }

    """,
    """
    # $1: a policy, $2: the version in force
    must_have_version() {
      found=$(aws iam get-policy --policy-arn "$1" --query Policy.DefaultVersionId --output text)
      [ "$found" = "$2" ] || stop "$1 has changed: $2 was in force, and $found is"
    }

    """,
    """
    # $1: a policy, $2: a version that is not in force
    must_keep_version() {
      aws iam get-policy-version --policy-arn "$1" --version-id "$2" >/dev/null || stop "$1 has no version $2"
    }

    """,
    """
    # $1: a document, then the command that shows what it is today
    must_say() {
      wanted=$(printf '%s' "$1" | tr -d ' \\t\\r\\n')
      shift
      found=$(aws iam "$@" --query 'PolicyDocument || PolicyVersion.Document' --output json | tr -d ' \\t\\r\\n')
      [ "$found" = "$wanted" ] || stop "a document has changed: $*"
    }

    """,
    """
    # $1: a policy, $2: user, role or group, $3: its name
    must_be_attached() {
      aws iam "list-attached-$2-policies" "--$2-name=$3" --query 'AttachedPolicies[].PolicyArn' --output text |
        tr '\\t' '\\n' | grep -Fqx -e "$1" || stop "$1 is not attached to $2 $3"
    }

    """,
    PolicyCommandScript.mustBeNew.joined(separator: "\n"),
    """
    # $1: a policy that is attached to nothing
    delete_policy() {
      versions=$(aws iam list-policy-versions --policy-arn "$1" \\
        --query 'Versions[?!IsDefaultVersion].VersionId' --output text)
      for version in $versions; do
        aws iam delete-policy-version --policy-arn "$1" --version-id "$version"
      done
      aws iam delete-policy --policy-arn "$1"
    }

    """,
  ]

  /// The functions of the script that takes proposals back; each begins with its name.
  static let rollbackHelpers = [
    """
    # $1: a policy, $2: the version that was in force, $3: the document that was deleted to make room
    back_to() {
      version=$(aws iam get-policy --policy-arn "$1" --query Policy.DefaultVersionId --output text)
      if [ "$version" != "$2" ]; then
        aws iam set-default-policy-version --policy-arn "$1" --version-id "$2"
        aws iam delete-policy-version --policy-arn "$1" --version-id "$version"
      fi
      [ $# -eq 3 ] || return 0
      count=$(aws iam list-policy-versions --policy-arn "$1" --query 'length(Versions)' --output text)
      [ "$count" -ge 5 ] || aws iam create-policy-version --policy-arn "$1" --policy-document "$3" >/dev/null
    }

    """,
    PolicyCommandScript.unlessGone.joined(separator: "\n"),
  ]
}
