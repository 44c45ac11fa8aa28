extension Rule {
    /// The module graph: read from `Package.swift`, compared with what files import.
    static let graph: [Rule] = [
        Rule(.undeclaredImport, instead: "declare the module in Package.swift, or do without it") {
            tree in
            tree.files.filter { $0.isSwift && $0.path != "Package.swift" }.flatMap {
                file -> [Finding] in
                let uses = tree.manifest.target(file.target)?.uses ?? []
                return importLine.matches(in: file.code).compactMap { match -> Finding? in
                    let name = match.group
                    guard !uses.contains(name), !ofToolchain.contains(name) else { return nil }
                    return Finding(file.path, match.line, "imports \(name)")
                }
            }
        },
        Rule(.upwardArrow, instead: "a module names only modules above it in Package.swift") {
            tree in
            let targets = tree.manifest.targets
            return targets.enumerated().flatMap { index, target -> [Finding] in
                let above = targets[..<index].map(\.name)
                return target.uses.filter { !above.contains($0) }.map { name in
                    Finding(
                        "Package.swift",
                        1,
                        "\(target.name) uses \(name), which is not above it"
                    )
                }
            }
        },
        Rule(.sharedLibrary, instead: "one module owns a C library and wraps it for the others") {
            tree in
            tree.manifest.targets.filter { $0.kind == .library }.compactMap { library -> Finding? in
                // A module's own tests may meet its library: a peer that misbehaves needs it bare.
                let users = tree.manifest.targets.filter { $0.uses.contains(library.name) }
                let modules = users.filter { $0.kind != .tests }.map(\.name)
                let owners =
                    modules
                    + users.filter { $0.kind == .tests }.map(\.name)
                    .filter { test in !modules.contains { $0 + "Tests" == test } }
                guard owners.count != 1 else { return nil }
                return Finding("Package.swift", 1, "\(library.name) belongs to \(owners)")
            }
        },
        Rule(.blindness, instead: "what the exchange may not know, its code cannot name") { tree in
            ["Exchange", "Storage", "ExchangeAPI"].flatMap { name -> [Finding] in
                tree.manifest.closure(of: name)
                    .intersection(["Sheets", "Consent", "Envelope"]).sorted()
                    .map { Finding("Package.swift", 1, "\(name) reaches \($0)") }
            }
        },
        Rule(.strangers, instead: "ExchangeAPI is what Exchange and Gateway share") { tree in
            [("Exchange", "Gateway"), ("Gateway", "Exchange")].compactMap { from, to -> Finding? in
                guard tree.manifest.closure(of: from).contains(to) else { return nil }
                return Finding("Package.swift", 1, "\(from) reaches \(to)")
            }
        },
        Rule(.houseSettings, instead: "swiftSettings: house") { tree in
            let text = tree.text("Package.swift")
            return Pattern(#"\.(?:executableTarget|testTarget)\((?:[^()]|\([^()]*\))*\)"#)
                .matches(in: text)
                .filter { !$0.text.contains("swiftSettings: house") }
                .map { Finding("Package.swift", $0.line, "a target without the settings") }
        },
    ]

    private static let importLine = Pattern(
        #"(?m)^\s*(?:@\w+\s+)?(?:package |internal |private )?import (?:struct |func |enum )?(\w+)"#
    )
    /// What comes with Swift; rules of their own say who may import which.
    private static let ofToolchain: Set = ["Foundation", "Glibc", "Synchronization", "Testing"]
}
