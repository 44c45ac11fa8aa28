extension Exception {
    /// Every exception of the project. One that is no longer needed fails the test.
    static let all: [Exception] = [
        Exception(
            .testShare,
            "Tests",
            "sessions, vectors, the schema suite and the demonstration show much in no Swift lines"
        ),
        Exception(
            .sleepingTest,
            "Tests/TestKit/MachineTime.swift",
            "the machine's clock itself, for tests over real sockets and threads"
        ),
        Exception(
            .unreachedRefusal,
            "Sources/Japanese/MS932.swift",
            "`noConverter` means a C library without its tables, which no test can take away"
        ),
    ]
}
