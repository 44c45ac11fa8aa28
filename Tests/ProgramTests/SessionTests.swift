import Testing

@Suite struct SessionTests {
    @Test func `there are sessions, and each has a command that fails`() {
        #expect(!Session.all.isEmpty)
        for session in Session.all {
            #expect(session.steps.contains { $0.exitCode != 0 }, "\(session.name)")
        }
    }

    @Test(arguments: Session.all)
    func `the program answers as the transcript says`(_ session: Session) async throws {
        let outcomes = try await SessionRun.outcomes(of: session)
        for (step, outcome) in zip(session.steps, outcomes) {
            let place = "\(session.name):\(step.line): \(step.command)"
            #expect(outcome.exitCode == step.exitCode, "\(place)")
            #expect(
                SessionRun.matches(outcome.output, step.expected),
                "\(place)\n\(outcome.output.joined(separator: "\n"))"
            )
        }
    }

    @Test(arguments: [
        (["a", "b"], ["a", "b"], true),
        (["a", "b"], ["a"], false),
        (["a"], ["a", "b"], false),
        (["a", "b", "c"], ["a", "…"], true),
        (["a", "b", "c"], ["…", "c"], true),
        (["a", "b", "c"], ["…", "b"], false),
        (["id 0197 sent"], ["id … sent"], true),
        (["id 0197 lost"], ["id … sent"], false),
        (["a-b-c"], ["a…b…c"], true),
        (["ab"], ["a…b"], true),
        ([], ["…"], true),
        ([], [], true),
    ])
    func `an ellipsis stands for any text`(_ lines: [String], _ expected: [String], _ fits: Bool) {
        #expect(SessionRun.matches(lines, expected) == fits)
    }
}
