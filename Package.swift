// swift-tools-version: 6.3
import PackageDescription

/// The settings of the house. Every target of ours takes all of them.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A C library of the system: a module map and a shim header in `Sources/C/<name>`, no logic.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/C/\(name)",
        pkgConfig: pkgConfig,
        providers: [.apt([package])]
    )
}

/// A module of the product. A module may name only modules above it in the list.
func module(_ name: String, _ uses: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: hot.contains(name) ? fast : house)
}

/// Where everything spends its time: optimised in debug builds too, since the tests run hundreds of
/// simulated worlds.
let hot: Set<String> = [
    "Primitives", "Cryptography", "Audit", "Sheets", "Envelope", "Directory", "Delivery",
]
let fast = house + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The tests of one module, in `Tests/<name>Tests`.
func tests(_ name: String, _ uses: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: ["TestKit"] + uses, swiftSettings: house)
}

let base: [Target.Dependency] = ["Primitives", "Cryptography"]
let clear: [Target.Dependency] = base + ["Directory", "Delivery", "Audit"]
let sealed: [Target.Dependency] = clear + ["Sheets", "Consent"]
let first: [Target.Dependency] =
    sealed + [
        "Japanese", "Configuration", "HTTP", "Envelope", "Storage", "ExchangeAPI", "Exchange",
        "Gateway", "Staff", "Paper", "Pages",
    ]
/// The modules that read what strangers send, beside those of `clear`.
let outside: [Target.Dependency] = [
    "Sheets", "Envelope", "HTTP", "Storage", "ExchangeAPI", "Configuration", "Pages",
]

let package = Package(
    name: "Renkei",
    products: [.executable(name: "renkei", targets: ["renkei"])],
    targets: [
        library("CUTF8Proc", "libutf8proc", "libutf8proc-dev"),
        .target(name: "CTOML", path: "Sources/C/CTOML"),  // one C++ file over libtomlplusplus-dev
        library("CCrypto", "libcrypto", "libssl-dev"),
        library("CP11Kit", "p11-kit-1", "libp11-kit-dev"),
        library("CTLS", "libssl", "libssl-dev"),
        library("CCurl", "libcurl", "libcurl4-openssl-dev"),
        library("CSQLite", "sqlite3", "libsqlite3-dev"),
        library("CSodium", "libsodium", "libsodium-dev"),
        library("COATH", "liboath", "liboath-dev"),
        library("CFIDO2", "libfido2", "libfido2-dev"),
        library("CPango", "pangocairo", "libpango1.0-dev"),
        library("CQRCode", "libqrencode", "libqrencode-dev"),

        module("Primitives"),
        module("Japanese", ["Primitives", "CUTF8Proc"]),
        module("Configuration", ["Primitives", "CTOML"]),
        module("Cryptography", ["Primitives", "CCrypto", "CP11Kit"]),
        module("Sheets", ["Primitives", "Japanese"]),
        module("HTTP", base + ["CTLS", "CCurl"]),
        module("Directory", base),
        module("Audit", base),
        module("Consent", base + ["Japanese", "Sheets", "Directory"]),
        module("Delivery", base + ["Directory", "Audit"]),
        module("Envelope", sealed),
        module("Storage", clear + ["CSQLite"]),
        module("ExchangeAPI", clear + ["HTTP"]),
        module("Exchange", clear + ["Storage", "ExchangeAPI"]),
        module("Gateway", sealed + ["Japanese", "Envelope", "Storage", "ExchangeAPI"]),
        module("Staff", base + ["Audit", "CSodium", "COATH", "CFIDO2"]),
        module("Paper", ["Primitives", "Japanese", "Sheets", "CPango", "CQRCode"]),
        module(
            "Pages",
            sealed
                + ["Japanese", "HTTP", "Envelope", "Storage", "Gateway", "Staff", "Paper"]
        ),

        .executableTarget(name: "renkei", dependencies: first, swiftSettings: house),

        .target(
            name: "TestKit",
            dependencies: first,
            path: "Tests/TestKit",
            swiftSettings: house
        ),
        .executableTarget(
            name: "simulate",
            dependencies: first + ["TestKit"],
            path: "Tests/simulate",
            swiftSettings: house
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: clear + outside,
            path: "Tests/fuzz",
            swiftSettings: house
        ),
        .target(
            name: "BrowserKit",
            dependencies: base + ["TestKit"],
            path: "Tests/BrowserKit",
            swiftSettings: house
        ),
        .executableTarget(
            name: "screens",
            dependencies: base + ["TestKit", "BrowserKit"],
            path: "Tests/screens",
            swiftSettings: house
        ),
        tests("Primitives", ["Primitives"]),
        tests("Japanese", ["Primitives", "Japanese"]),
        tests("Configuration", ["Primitives", "Configuration"]),
        tests("Cryptography", base),
        tests("Sheets", ["Primitives", "Japanese", "Sheets"]),
        tests("HTTP", base + ["HTTP", "CTLS"]),
        tests("Directory", base + ["Directory"]),
        tests("Audit", base + ["Audit"]),
        tests("Consent", sealed),
        tests("Delivery", clear),
        tests("Envelope", sealed + ["Envelope"]),
        tests("Storage", clear + ["Storage"]),
        tests("ExchangeAPI", clear + ["HTTP", "ExchangeAPI"]),
        tests("Exchange", clear + ["Storage", "ExchangeAPI", "Exchange"]),
        tests("Gateway", first),
        tests("Staff", base + ["Audit", "Staff", "COATH"]),
        tests("Paper", first),
        tests("Pages", first + ["BrowserKit"]),
        tests("Flow", first),
        tests("Program", first + ["renkei"]),
        tests("Browser", base + ["HTTP", "BrowserKit", "screens"]),
        tests("Simulation", first + ["simulate"]),
        tests("Fuzz", base + ["fuzz"]),
        .testTarget(name: "TidyTests", swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
