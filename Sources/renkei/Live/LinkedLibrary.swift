import Glibc

/// The C libraries of this process, asked by name: only the modules that use one may import it.
enum LinkedLibrary {
    static func has(_ function: String) -> Bool { unsafe dlsym(nil, function) != nil }

    /// What a function without arguments says.
    static func text(_ function: String) -> String? {
        typealias Function = @convention(c) () -> UnsafePointer<CChar>?
        guard let symbol = unsafe dlsym(nil, function) else { return nil }
        let call = unsafe unsafeBitCast(symbol, to: Function.self)
        return unsafe call().map { unsafe String(cString: $0) }
    }

    /// Calls a function of two numbers; one that is not there is left out.
    static func call(_ function: String, _ first: CInt, _ second: CInt) {
        typealias Function = @convention(c) (CInt, CInt) -> CInt
        guard let symbol = unsafe dlsym(nil, function) else { return }
        _ = unsafe unsafeBitCast(symbol, to: Function.self)(first, second)
    }

    /// What a function of one number says.
    static func text(_ function: String, _ number: CInt) -> String? {
        typealias Function = @convention(c) (CInt) -> UnsafePointer<CChar>?
        guard let symbol = unsafe dlsym(nil, function) else { return nil }
        let call = unsafe unsafeBitCast(symbol, to: Function.self)
        return unsafe call(number).map { unsafe String(cString: $0) }
    }
}
