import Testing

@Suite struct TidyTests {
    @Test(arguments: Rule.all)
    func `the tree keeps the rule`(_ rule: Rule) {
        let excepted = Set(Exception.all.filter { $0.rule == rule.name }.map(\.path))
        let findings = rule.findings(.whole).filter { !excepted.contains($0.path) }
        let text = findings.map { "\($0.path):\($0.line): \($0.what)" }.joined(separator: "\n")
        // The sentence alone: an expression would print every finding twice.
        let isKept = findings.isEmpty
        #expect(isKept, "\(text)\ninstead: \(rule.replacement)")
    }

    @Test func `every exception has a reason and is still needed`() {
        for exception in Exception.all {
            let findings = Rule.all.filter { $0.name == exception.rule }
                .flatMap { $0.findings(.whole) }
            let name = "\(exception.rule) in \(exception.path)"
            #expect(findings.contains { $0.path == exception.path }, "\(name) is not needed")
            #expect(!exception.reason.isEmpty, "\(name) has no reason")
        }
    }

    @Test func `every name has its rule, and every rule says what to do instead`() {
        #expect(Set(Rule.all.map(\.name)) == Set(Rule.Name.allCases))
        #expect(Rule.all.allSatisfy { !$0.replacement.isEmpty })
    }

    @Test func `the tree was read`() {
        #expect(Tree.whole.files.contains { $0.path == "Sources/Primitives/JSON.swift" })
        #expect(Tree.whole.manifest.target("Exchange")?.uses.contains("Storage") == true)
        #expect(Tree.whole.paths.contains("Deploy/test"))
    }
}
