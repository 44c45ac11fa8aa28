extension Exception {
    /// Every exception of the project. One that is no longer needed fails the test.
    static let all: [Exception] = [
        Exception(
            .unreachedRefusal,
            "Sources/Japanese/MS932.swift",
            "`noConverter` means a C library without its tables, which no test can take away"
        )
    ]
}
