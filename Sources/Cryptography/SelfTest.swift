/// The checks without which the program refuses to run: behaviour, not version strings.
package enum SelfTest {
    /// - Throws: `selfTest` with the name of the first check that failed.
    package static func run() throws(CryptographyError) {}
}
