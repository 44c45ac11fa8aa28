import Testing

/// Documents that name tests as their proof name tests that are there.
@Suite struct NamedTests {
    @Test(arguments: [
        ("THREATS.md", 30), ("LIMITS.md", 30), ("security-checklist.ja.md", 30),
        ("README.ja.md", 0),
    ])
    func `every test that a document names exists`(document: String, atLeast: Int) throws {
        let named = Tree.whole.text("Deploy/\(document)").matches(
            of: #/\b([A-Z]\w*Tests)\/([A-Z]\w*)\b/#
        )
        #expect(named.count >= atLeast)
        for name in named {
            let isThere = Tree.whole.paths.contains {
                $0.hasPrefix("Tests/\(name.output.1)/")
                    && $0.hasSuffix("/\(name.output.2).swift")
            }
            #expect(isThere, "\(name.output.0)")
        }
    }
}
