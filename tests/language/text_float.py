# Floats as text: shortest digits, and digits to a precision.

values = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1 / 3, 2 / 3, 100.0, 1e15, 1e16, 1e17, 123456789012345678.0, 1e-4, 1e-5, 0.00012345,
          1.5e300, 1e308, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 9007199254740993.0, 1e22, 1e23, 1e21,
          123.456, 0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1.005, 99.995, 999999.5, 9999999.5, 0.000099995, 12345.678, 1e100,
          float("inf"), float("-inf"), float("nan"), 4.35, 0.045, 1e-7, 3.0e-10, 65504.0, 1234567.0, 0.1 + 0.2, 1e-320]
for value in values:
    print(value, repr(value), str(value), [value], f"{value}", "%s" % value)
    for precision in (0, 1, 2, 5, 17, 20):
        print(f"{value:.{precision}f}", f"{value:.{precision}e}", f"{value:.{precision}g}", f"{value:.{precision}}", end=" ")
        print(f"{value:#.{precision}g}", f"{value:#.{precision}f}", f"{value:.{precision}%}", end=" ")
        print("%.*f %.*e %.*g" % (precision, value, precision, value, precision, value))
    print(f"{value:f} {value:e} {value:g} {value:E} {value:G} {value:F} {value:n} {value:%} {value:#}")
    print("%f %e %g %E %G %F %#g %#.0f %#.0e" % ((value,) * 9))

# Pseudo-random bits.
seed = 12345
for index in range(400):
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
    mantissa = (seed >> 11) / 2**53 + 0.5
    exponent = (seed >> 3) % 120 - 60
    value = mantissa * 2.0**exponent
    print(value, -value, value * 1e200, value * 1e-200, f"{value:.3f} {value:.10e} {value:.7g} {value:,.2f}")
for index in range(60):
    value = index / 8
    print(f"{value:.0f} {value:.1f} {value:.2f} {value:.0e} {value:.1g}", "%.0f %.1f" % (value, value))
