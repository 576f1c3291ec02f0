// swift-tools-version: 6.2
// The manifest is the diagram: one table says which module may import which, and the targets are
// built from it. `swift build --explicit-target-dependency-import-check error` holds the code to it.
import PackageDescription

#if canImport(Glibc)
  import Glibc
#endif

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let strictC: [CSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

/// C targets: each wraps one system library, the embedded tables, vector instructions or settings of the C library behind
/// a handful of functions.
let shims: [Target] = [
  .target(name: "CInflate", cSettings: strictC, linkerSettings: [.linkedLibrary("z")]),
  .target(name: "CCatalog", exclude: ["tables"], cSettings: strictC),
  .target(name: "CScan", cSettings: strictC),
  .target(name: "CAllocator", cSettings: strictC),
]

/// Library modules in the order in which data flows through them, with what each may import.
let modules: [(name: String, imports: [String])] = [
  ("JSONStream", ["CScan"]),
  ("IAM", ["JSONStream"]),
  ("AWSCatalog", ["IAM", "JSONStream", "CCatalog"]),
  ("CloudTrail", ["IAM", "JSONStream", "CInflate"]),
  ("Usage", ["CloudTrail", "AWSCatalog", "IAM", "JSONStream"]),
  ("LeastPrivilege", ["Usage", "CloudTrail", "AWSCatalog", "IAM", "JSONStream"]),
  ("Reporting", ["LeastPrivilege", "Usage", "CloudTrail", "AWSCatalog", "IAM", "JSONStream"]),
]

/// The folder of the newest archive of the C++ library, which the Swift runtime is written with; `nil` where there is none.
func folderOfStaticCXX() -> String? {
  var folders: [(version: Int, path: String)] = []
  #if canImport(Glibc)
    #if arch(x86_64)
      let pattern = "/usr/lib/gcc/x86_64-*/*/libstdc++.a"
    #else
      let pattern = "/usr/lib/gcc/aarch64-*/*/libstdc++.a"
    #endif
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return nil }
    for place in 0..<Int(found.gl_pathc) {
      guard let path = found.gl_pathv[place] else { continue }
      let parts = String(cString: path).split(separator: "/")
      guard let version = Int(parts[4].prefix { $0 != "." }) else { continue }
      folders.append((version, "/" + parts.dropLast().joined(separator: "/")))
    }
  #endif
  return folders.max { $0.version < $1.version }?.path
}

/// The Swift runtime inside the program, and the C++ library too where it can be had.
///
/// The one halves the time that the program takes to start, the other takes off a fifth of the rest; to leave out symbols
/// for libraries that are loaded later, none of which asks for any, takes off a little more. A program at a fixed address
/// has no pointers to be corrected at start, which would write to half of the pages that it touches: that is another fifth.
/// What the program allocates, its stack and the system's libraries stand at random addresses nevertheless.
let selfContained: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-stdlib", "-Xclang-linker", "-no-pie"], .when(platforms: [.linux], configuration: .release)),
  .unsafeFlags(
    folderOfStaticCXX().map { folder in
      [
        // The first folder's `libstdc++.so` leads to the archive; LLD does not ask for archives in any order.
        "-use-ld=lld", "-L\(Context.packageDirectory)/Sources/Program/link", "-L\(folder)",
        "-Xclang-linker", "-static-libgcc", "-Xlinker", "--no-export-dynamic",
      ]
    } ?? [], .when(platforms: [.linux], configuration: .release)),
]

let everything = modules.map(\.name)

/// Test targets mirror the modules; a test may import its module and whatever that module may import.
let tests: [Target] =
  modules.map { module in
    .testTarget(
      name: module.name + "Tests",
      dependencies: ([module.name, "TestSupport"] + module.imports).map { .byName(name: $0) },
      swiftSettings: strict)
  } + [
    .testTarget(
      name: "CommandLineTests",
      dependencies: (["whittle", "TestSupport", "FuzzTargets"] + everything).map { .byName(name: $0) },
      swiftSettings: strict)
  ]

let package = Package(
  name: "whittle",
  products: [
    .executable(name: "whittle", targets: ["Program"]),
    .library(name: "Whittle", targets: everything),
  ],
  targets: shims
    + modules.map { module in
      .target(
        name: module.name, dependencies: module.imports.map { .byName(name: $0) },
        swiftSettings: strict)
    }
    + [
      .target(
        name: "whittle", dependencies: (["CAllocator"] + everything).map { .byName(name: $0) },
        swiftSettings: strict),
      .executableTarget(
        name: "Program", dependencies: ["whittle"], exclude: ["link"], swiftSettings: strict,
        linkerSettings: selfContained),
      .executableTarget(
        name: "Benchmarks", dependencies: everything.map { .byName(name: $0) },
        swiftSettings: strict),
      .target(
        name: "TestSupport", dependencies: ["JSONStream"], path: "Tests/TestSupport",
        swiftSettings: strict),
      .target(
        name: "FuzzTargets", dependencies: (["TestSupport"] + everything).map { .byName(name: $0) },
        path: "Tests/FuzzTargets", swiftSettings: strict),
      .target(name: "CFuzzer", path: "Tests/CFuzzer", cSettings: strictC),
      .executableTarget(
        name: "Fuzzer", dependencies: ["FuzzTargets", "CFuzzer"], path: "Tests/Fuzzer",
        swiftSettings: strict),
    ] + tests,
  cLanguageStandard: .gnu2x
)
