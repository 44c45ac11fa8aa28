extension Exception {
    /// Every exception of the project. One that is no longer needed fails the test.
    static let all: [Exception] = [
        Exception(
            .sleepingTest,
            "Tests/HTTPTests/Support/ManualTime.swift",
            "sockets and curl of these tests live by the machine's clock; none waits for it to pass"
        ),
        Exception(
            .unreachedRefusal,
            "Sources/Japanese/MS932.swift",
            "`noConverter` means a C library without its tables, which no test can take away"
        ),
    ]
}
