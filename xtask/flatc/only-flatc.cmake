# Read by cmake when flatc is built (CMAKE_TOOLCHAIN_FILE): the tool alone, without the tests and samples that come
# with it and take most of the time.
set(FLATBUFFERS_BUILD_TESTS OFF CACHE BOOL "")
set(FLATBUFFERS_BUILD_FLATLIB OFF CACHE BOOL "")
